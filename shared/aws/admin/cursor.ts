import * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { tryParseJson } from '../../http/json.ts';

/** Where a page ended. It is made of the caller's own page, so nothing in it needs to be kept from them. */
const cursor = z.strictObject({ name: z.string().min(1).max(500), sort: z.string().min(1).max(500) });

export type Cursor = z.output<typeof cursor>;

export const writeCursor = (place: Cursor): string => Buffer.from(JSON.stringify(place)).toString('base64url');

export function readCursor(text: string): Cursor {
  const found = cursor.safeParse(tryParseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (found.success) return found.data;
  const message = "cursor: this is not the 'next' of an earlier page.";
  throw new GatewayError('invalid_request', message, { param: 'cursor' });
}
