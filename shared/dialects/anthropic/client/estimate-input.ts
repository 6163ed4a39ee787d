import { Buffer } from 'node:buffer';
import { estimateTokens } from '../../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/** Tokens of an image of usual size, and of a page of a document with about this many base64 characters. */
const IMAGE_TOKENS = 1500;
const PAGE_TOKENS = 2000;
const PAGE_CHARACTERS = 75_000;
/** What a message or a tool costs besides its text. */
const FRAME_TOKENS = 4;

/**
 * Tokens of a request by its size, for `count_tokens` where the provider counts none and for the beginning of a stream. It is an
 * estimate: a quarter of the bytes of all that is said, a flat price for pictures and pages. Takes any body, checked or not.
 */
export function estimateInput(body: JsonObject): number {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const tools = Array.isArray(body.tools) ? body.tools : [];
  const said = tokensOf(body.system) + tokensOf(messages) + tokensOf(tools);
  return Math.max(1, said + FRAME_TOKENS * (messages.length + tools.length));
}

function tokensOf(value: unknown): number {
  let bytes = 0;
  let flat = 0;
  const visit = (node: unknown): void => {
    if (typeof node === 'string') bytes += Buffer.byteLength(node);
    else if (typeof node === 'number' || typeof node === 'boolean') bytes += 4;
    else if (Array.isArray(node)) for (const item of node) visit(item);
    else if (isJsonObject(node)) {
      const media = mediaTokens(node);
      if (media !== undefined) flat += media;
      else
        for (const [name, member] of Object.entries(node)) {
          if (framing.has(name)) continue;
          bytes += name.length;
          visit(member);
        }
    }
  };
  visit(value);
  return estimateTokens(bytes) + flat;
}

/** Fields without text, not counted. */
const framing = new Set(['type', 'role', 'cache_control', 'signature', 'tool_use_id', 'id']);

function mediaTokens({ type, source }: JsonObject): number | undefined {
  if (type === 'image') return IMAGE_TOKENS;
  if (type !== 'document' || !isJsonObject(source) || source.type === 'text' || source.type === 'content')
    return undefined;
  const length = typeof source.data === 'string' ? source.data.length : PAGE_CHARACTERS;
  return Math.ceil(length / PAGE_CHARACTERS) * PAGE_TOKENS;
}
