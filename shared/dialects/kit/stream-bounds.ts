import { GatewayError } from '../../errors.ts';

/** Choices, calls and other parts that a reader keeps of one stream. */
const MOST_PARTS = 50_000;
/** Characters that a reader keeps of one stream, in all: arguments that wait for their end, texts that citations point into. */
const MOST_KEPT = 16_000_000;

/** What a stream's reader may keep. Each method throws `upstream` beyond its bound. */
export interface StreamBounds {
  /** So many parts of a kind are kept, the one that begins now included. */
  parts(count: number): void;
  keep(text: string): void;
}

export function streamBounds(): StreamBounds {
  let kept = 0;
  return {
    parts(count) {
      if (count > MOST_PARTS) throw tooMany(`began more than ${MOST_PARTS} parts`);
    },
    keep(text) {
      kept += text.length;
      if (kept > MOST_KEPT) throw tooMany(`sent more than ${MOST_KEPT} characters that have to be kept`);
    },
  };
}

const tooMany = (what: string): GatewayError =>
  new GatewayError('upstream', `The provider ${what} in one stream, which is more than is read.`);
