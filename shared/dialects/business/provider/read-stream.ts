import { replayReply } from '../../../chat/reply.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import { type Framer, MOST_EVENT_BYTES } from '../../../http/sse.ts';
import type { ReadContext, StreamReader } from '../../dialect.ts';
import { readReply } from './read-reply.ts';

/** Such an API has no stream: where its reply does not say that it is JSON, all of it is one event. */
export function wholeFramer(mostEventBytes = MOST_EVENT_BYTES): Framer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    push(bytes) {
      length += bytes.byteLength;
      if (length > mostEventBytes) {
        throw new GatewayError(
          'upstream',
          `The business API answered with more than ${mostEventBytes} bytes (\`limits.eventBytes\`).`,
        );
      }
      pieces.push(bytes);
      return [];
    },
    end() {
      const bytes = Buffer.concat(pieces);
      return bytes.length === 0 ? [] : [{ bytes, event: { data: bytes.toString('utf8') } }];
    },
  };
}

/** Reads a whole reply as the stream it could have been. */
export function streamReader(context: ReadContext): StreamReader {
  let seen = false;
  return {
    read({ data }) {
      seen = true;
      const body = tryParseJson(data);
      if (!isJsonObject(body))
        throw new GatewayError('upstream', 'The business API answered with something that is not a JSON object.');
      return replayReply(readReply(body, context));
    },
    end: () =>
      seen ? [] : [{ type: 'error', error: new GatewayError('upstream', 'The business API answered with nothing.') }],
  };
}
