import { isJsonObject } from '../../../http/json.ts';
import type { Unchecked } from '../../kit/wire.ts';
import type { WireDelta } from '../wire-reply.ts';

/** Text of a content field: a string, or Mistral's list of `text` and `thinking` chunks. */
export function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('');
}

/** Thinking, under any of its names: `reasoning_content`, `reasoning`, Mistral's `thinking` chunks. */
export function readThinking({ reasoning_content: named, reasoning, content }: Unchecked<WireDelta>): string {
  if (typeof named === 'string' && named !== '') return named;
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (isJsonObject(part) && part.type === 'thinking' ? readText(part.thinking) : ''))
    .join('');
}
