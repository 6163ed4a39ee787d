import { isJsonObject, type JsonObject, tryParseJson } from '../http/json.ts';
import { wrongToken } from './refusals.ts';

/** A JSON Web Token taken apart. Nothing in it can be trusted before its signature is verified. */
export interface Token {
  algorithm: string;
  keyId: string | undefined;
  claims: JsonObject;
  /** What is signed. */
  signed: string;
  signature: Buffer;
}

const MOST_CHARACTERS = 16 * 1024;
const LONGEST_KEY_ID = 300;

/** Whether it has the form of a token: three parts with dots between them. No key that the gateway makes has a dot. */
export const isTokenLike = (text: string): boolean => text.split('.', 4).length === 3;

/** Throws `unauthenticated` where the text is no token, or one that must not be accepted whoever signed it. */
export function readToken(text: string): Token {
  if (text.length > MOST_CHARACTERS) throw wrongToken(`The token is longer than ${MOST_CHARACTERS} characters.`);
  const parts = text.split('.', 4);
  if (parts.length !== 3) throw malformed();
  const [head, body, signature] = parts.map(readPart) as [Buffer, Buffer, Buffer];
  const header = readObject(head);
  const claims = readObject(body);
  const { alg, kid, typ, crit } = header;
  // An extension that must be understood, and is not. @see https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
  if (crit !== undefined) throw wrongToken("The token's header has 'crit', which is not accepted.");
  if (typeof alg !== 'string') throw malformed();
  if (typ !== undefined && !(typeof typ === 'string' && accessTypes.test(typ)))
    throw wrongToken("The token's type is not 'JWT' or 'at+jwt'.");
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > LONGEST_KEY_ID)) throw malformed();
  return { algorithm: alg, keyId: kid, claims, signed: text.slice(0, text.lastIndexOf('.')), signature };
}

/** Issuers sign other things too: a logout token must open nothing. @see https://www.rfc-editor.org/rfc/rfc8725#section-3.11 */
const accessTypes = /^(?:application\/)?(?:at\+)?jwt$/i;

/** Node reads much that is no base64url: with it, one token could be written in many ways. */
function readPart(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (part === '' || bytes.toString('base64url') !== part) throw malformed();
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readObject(bytes: Buffer): JsonObject {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformed();
  }
  const value = tryParseJson(text);
  if (!isJsonObject(value)) throw malformed();
  return value;
}

const malformed = () => wrongToken('The token is not a well-formed JSON Web Token.');
