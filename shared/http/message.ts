/** A request as the gateway sees it, whatever host took it in. */
export interface Incoming {
  method: string;
  /** Path without the query, percent-encoded as it came: `/v1/models/a%2Fb`. */
  path: string;
  /** Query without the `?`, as it came. */
  query: string;
  /** Names in lower case, repeated ones joined with commas. */
  headers: Headers;
  /** Who signed the request with AWS credentials, where the host has had that checked; absent everywhere else. */
  principal?: Principal;
  /** The address that the request came from, where the host knows it. */
  address?: string;
  /** Reads the body; fails with `too_large` above the host's limit. */
  body: () => Promise<Uint8Array>;
}

export interface Principal {
  /** Of a user, or of a role's session. */
  arn: string;
}

export type Headers = Readonly<Record<string, string>>;

/** Pieces that a reader pulls one by one; `return` ends it early. */
export interface Stream<Piece> extends AsyncIterable<Piece> {
  next(): Promise<IteratorResult<Piece, unknown>>;
  return(value: undefined): Promise<IteratorResult<Piece, unknown>>;
}

/** An answer. A stream is pulled by the host: `return()` on it means the caller has left. */
export interface Outgoing {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
  /** For a stream: what the host writes while it is silent. Every chunk of the body ends between two events. */
  keepAlive?: KeepAlive;
}

export interface KeepAlive {
  bytes: Uint8Array;
  everyMs: number;
}

/** What a host gives the gateway for one request: time, a signal that ends it, work for after it. */
export interface Run {
  /** Epoch milliseconds at which the host will stop us; our own deadline lies before it. */
  deadline: number;
  /** Aborted when the caller has left, where the host can see that. */
  signal: AbortSignal;
  /** Work after the last byte; the host waits for it before the run counts as over. */
  after: (task: () => void | Promise<void>) => void;
}

const encoder = new TextEncoder();

export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** A JSON answer of a known length. */
export function jsonOutgoing(status: number, value: unknown, headers: Record<string, string> = {}): Outgoing {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: encodeText(JSON.stringify(value)),
  };
}
