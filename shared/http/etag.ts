import { createHash } from 'node:crypto';
import { type Headers, jsonOutgoing, type Outgoing } from './message.ts';

/**
 * A JSON answer with a tag of its content, or 304 without content for a caller that has it already.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
 */
export function answerUnlessKnown(headers: Headers, value: unknown): Outgoing {
  const outgoing = jsonOutgoing(200, value);
  const digest = createHash('sha256').update(outgoing.body as Uint8Array);
  const etag = `"${digest.digest('base64url').slice(0, 22)}"`;
  if (isKnown(headers['if-none-match'] ?? '', etag)) return { status: 304, headers: { etag }, body: new Uint8Array() };
  return { ...outgoing, headers: { ...outgoing.headers, etag } };
}

/** Weak tags count as well: a proxy that packs an answer weakens its tag. */
const isKnown = (tags: string, etag: string): boolean =>
  tags.split(',').some((tag) => {
    const trimmed = tag.trim();
    return trimmed === '*' || trimmed.replace(/^W\//, '') === etag;
  });
