import { frame } from '../dialects/bedrock/frames.ts';
import type { Answer } from '../faults/answers.ts';
import type { Random } from './random.ts';

/** The same events in other bytes: every reader must read the same from them. */
export function reframed({ pieces, contentType, streamed }: Answer, random: Random): Buffer[] {
  if (!streamed) return [...pieces];
  if (!contentType.startsWith('text/'))
    return pieces.flatMap((piece) => (random.chance(0.05) ? [oddFrame(random), piece] : [piece]));
  const end = random.pick(['\n', '\n', '\r\n', '\r']);
  return pieces.map((piece) => {
    let text = piece.toString('utf8');
    if (random.chance(0.1)) text = `: a comment\n${text}`;
    if (random.chance(0.1)) text = `: another\n\n${text}`;
    if (random.chance(0.1)) text = `id: 7\nretry: 10\n${text}`;
    if (random.chance(0.1)) text = text.replaceAll('data: ', 'data:');
    return Buffer.from(text.replaceAll('\n', end));
  });
}

/** A frame of AWS's with headers of other types, and an event that no reader knows. */
const oddFrame = (random: Random): Buffer =>
  frame(
    {
      ':event-type': 'unknownEvent',
      ':message-type': 'event',
      odd: random.pick<string | number | boolean | bigint | Buffer>([1, true, 5n, 'text', Buffer.from([1])]),
    },
    '{}',
  );

/** Bytes with some of them changed, left out, doubled or moved. */
export function broken(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0 && result.length > 0; times -= 1) {
    const at = random.below(result.length);
    const to = Math.min(result.length, at + 1 + random.below(40));
    const before = result.subarray(0, at);
    const after = result.subarray(to);
    const cut = result.subarray(at, to);
    const noise = Buffer.from(
      random.pick(['', '\n', '\n\n', '\r', '\u0000', 'data: ', 'event: error\n', '\ufeff', '}{', '[DONE]']),
    );
    switch (random.below(5)) {
      case 0:
        result = Buffer.concat([before, after]);
        break;
      case 1:
        result = Buffer.concat([before, cut, cut, after]);
        break;
      case 2:
        result = Buffer.concat([before, noise, cut, after]);
        break;
      case 3:
        result = Buffer.from(before);
        break;
      default:
        result[at] = random.below(256);
    }
  }
  return result;
}

/** The bytes in pieces that end anywhere, within characters too. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  // A thousand pieces at most: each costs a turn of the event loop.
  const most = Math.max(Math.ceil(bytes.length / 1_000), random.pick([1, 7, 60, 700, bytes.length + 1]));
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(most);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
