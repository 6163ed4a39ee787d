import type { ChatEvent } from '../chat/events.ts';
import { GatewayError } from '../errors.ts';

/** An event costs memory of its own: many of one character must not be cheaper than that. */
const LEAST_BYTES = 16;
/** A call is an item with an id and a name, and is written several times. */
const CALL_BYTES = 256;

/**
 * Counts what a translated stream says: some dialects repeat it all at the end, so it is kept until then. The function it gives
 * is called with every event and throws `upstream` once there is more than the bound (`limits.streamBytes`).
 */
export function contentBound(mostBytes: number): (events: readonly ChatEvent[]) => void {
  let bytes = 0;
  return (events) => {
    for (const event of events) bytes += bytesOf(event);
    if (bytes > mostBytes) {
      const message = `The provider's stream holds more than ${mostBytes} bytes of content, the most that is translated (\`limits.streamBytes\`).`;
      throw new GatewayError('upstream', message);
    }
  };
}

function bytesOf(event: ChatEvent): number {
  switch (event.type) {
    case 'text':
    case 'thinking':
    case 'refusal':
    case 'tool-arguments':
      return Math.max(LEAST_BYTES, Buffer.byteLength(event.text));
    case 'media':
      // It comes in one piece, which has a bound of its own, and is repeated half as often as text.
      return Math.max(LEAST_BYTES, event.data.length / 4);
    case 'tool-call':
      return CALL_BYTES + event.id.length + event.name.length;
    case 'signature':
    case 'citation':
    case 'logprobs':
      return JSON.stringify(event).length;
    default:
      return LEAST_BYTES;
  }
}
