import type { Fault } from './fault.ts';
import { replies } from './plays.ts';

/** Refusals: by every status, with odd bodies, and with every way to say when to come back. */

const error = { stream: 'error', whole: 'error' } as const;
const no = (message: string): string => JSON.stringify({ error: { message, type: 'no', code: 'no', param: null } });

const statuses = [
  400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 429, 451, 499, 500, 501, 502, 503, 504, 529,
];

const waits: Record<string, Record<string, string>> = {
  'in seconds': { 'retry-after': '7' },
  'of a year': { 'retry-after': '31536000' },
  'below zero': { 'retry-after': '-5' },
  'by a date': { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' },
  'that is no time': { 'retry-after': 'soon' },
  'in milliseconds': { 'retry-after-ms': '1500' },
  'beyond numbers': { 'retry-after': '9'.repeat(400) },
};

export const refusalFaults: readonly Fault[] = [
  ...statuses.map(
    (status): Fault => ({
      name: `refused with ${status}`,
      play: replies(status, no(`Refused with ${status}.`)),
      ...error,
    }),
  ),
  ...Object.entries(waits).map(
    ([name, headers]): Fault => ({
      name: `429, retry-after ${name}`,
      play: replies(429, no('Wait.'), headers),
      ...error,
    }),
  ),
  {
    name: '500 with a page of HTML',
    play: replies(500, '<html><body>Oops</body></html>', { 'content-type': 'text/html' }),
    ...error,
  },
  { name: '503 without a body', play: replies(503), ...error },
  { name: '400 with null', play: replies(400, 'null'), ...error },
  { name: '400 with a list', play: replies(400, '[[[]]]'), ...error },
  {
    name: '400 with a message that is no text',
    play: replies(400, '{"error":{"message":{"a":[1]},"code":[],"type":7}}'),
    ...error,
  },
  {
    name: '400 with line feeds and NUL in its message',
    play: replies(400, no('a\r\nx-evil: 1\r\n\r\n\u0000data: [DONE]\n\n')),
    ...error,
  },
  { name: '400 with 4 MB of message', play: replies(400, no('a'.repeat(4_000_000))), ...error },
  {
    name: '400 with invalid UTF-8',
    play: replies(400, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    ...error,
  },
  { name: '500 whose body is cut', play: replies(500, '{"error":{"mess', { 'content-length': 900 }), ...error },
];
