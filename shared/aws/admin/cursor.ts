import * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { tryParseJson } from '../../http/json.ts';

/** Where a page of a list ended: at what the list is sorted by. Nothing is in it that the page does not show. */
const cursor = z.strictObject({
  /** A page of another list is refused: it would begin anywhere. */
  list: z.string(),
  // As a sort key of the table, at most 1 KB.
  after: z.string().regex(/^[\x20-\x7e]{1,200}$/),
});

export type Cursor = z.output<typeof cursor>;

export const writeCursor = (place: Cursor): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place after which the next page of this list begins. */
export function readCursor(text: string, list: string): string {
  const found = cursor.safeParse(tryParseJson(Buffer.from(text, 'base64url').toString('utf8'))).data;
  if (found?.list === list) return found.after;
  const message = "cursor: this is not the 'next' of an earlier page of this list.";
  throw new GatewayError('invalid_request', message, { param: 'cursor' });
}
