/** A limit, what remains of it, and when all of it is there again. */
export interface RateLeft {
  limit: number;
  remaining: number;
  resetMs: number;
}

/** What a caller may still do in this minute: for the headers of its dialect. */
export interface RateReport {
  requests?: RateLeft;
  tokens?: RateLeft;
  /** Requests under way at once; `resetMs` is unknown and 0. */
  concurrency?: RateLeft;
}
