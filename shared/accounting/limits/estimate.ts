import { estimateTokens } from '../../chat/usage.ts';

/** A picture of usual size; how many tokens its bytes are says nothing. */
const MEDIA_TOKENS = 1_500;
/** Texts have spaces; what has none for so long is the bytes of a picture, a sound or a document. */
const MEDIA_LENGTH = 1_000;

/**
 * Tokens of a request's body, roughly, before it is read: a quarter of the bytes of all its texts, and the same for each piece
 * of media. Takes any body.
 */
export function estimateInput(body: unknown): number {
  let bytes = 0;
  let media = 0;
  const open: unknown[] = [body];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node === 'string') {
      if (isMedia(node)) media += 1;
      else bytes += Buffer.byteLength(node);
    } else if (typeof node === 'number') bytes += 4;
    else if (Array.isArray(node)) for (const item of node) open.push(item);
    else if (typeof node === 'object' && node !== null) {
      for (const [name, member] of Object.entries(node)) {
        bytes += name.length;
        open.push(member);
      }
    }
  }
  return estimateTokens(bytes) + media * MEDIA_TOKENS;
}

function isMedia(text: string): boolean {
  if (/^data:[\w.+-]{1,100}\/[\w.+-]{1,100};base64,/.test(text)) return true;
  return text.length >= MEDIA_LENGTH && /^[A-Za-z0-9+/_-]+$/.test(text.slice(0, MEDIA_LENGTH));
}
