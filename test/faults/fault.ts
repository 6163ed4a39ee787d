import type { Play } from './upstream.ts';

/** One way in which a provider can go wrong. */
export interface Fault {
  name: string;
  play: Play;
  /** What the caller must get where there is only one right outcome; where it is absent, an answer and an error both are. */
  stream?: Outcome;
  whole?: Outcome;
  /**
   * Bytes that a caller of the same dialect gets as they are, odd as they are: only the frame of such an answer is checked, as
   * what is in it is the provider's.
   */
  passesOddBytes?: true;
  /** Its texts hold bytes that are no characters. */
  hasBadText?: true;
  /** Connections that may stay open when all is over: they are kept for the next call, or nothing says that they ended. */
  keeps?: true;
}

export type Outcome = 'answer' | 'error';
