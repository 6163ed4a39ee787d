import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { textOf } from '../../kit/read-values.ts';
import { checkedRequest } from '../check.ts';
import type { AnthropicGlance } from '../glance.ts';
import { isOurSearch } from '../names.ts';
import { isForeignSignature } from '../signatures.ts';
import type { WireBlock, WireMessage } from '../wire.ts';
import { isOfToolSearch, isToolSearch } from './read-native.ts';

/** Checks a request's shape and says what the plan needs to know of it. */
export function glance(body: JsonObject): AnthropicGlance {
  const request = checkedRequest(body);
  const blocks = request.messages.flatMap(blocksOf);
  const tools = request.tools ?? [];
  const system = Array.isArray(request.system) ? request.system : [];
  const signatures = blocks.filter(isThinking).map(({ data, signature }) => textOf(data) || textOf(signature));
  return {
    model: request.model,
    stream: request.stream ?? false,
    ...(request.max_tokens == null ? {} : { maxTokens: request.max_tokens }),
    hasImages: blocks.some(hasImage),
    hasTools: tools.length > 0,
    hasThinking: signatures.length > 0,
    hasForeignSignatures: signatures.some(isForeignSignature) || blocks.some((block) => isOurSearch(block)),
    hasUnsignedThinking: signatures.includes(''),
    hasSystemTurns: request.messages.some(({ role }) => role === 'system'),
    hasToolSearch: tools.some(({ type }) => isToolSearch(type)) || blocks.some(isToolFound),
    hasCacheMarks: [body, ...tools, ...system, ...blocks].some(isMarked),
  };
}

const blocksOf = ({ content }: WireMessage): WireBlock[] => (typeof content === 'string' ? [] : content);

const isThinking = ({ type }: WireBlock): boolean => type === 'thinking' || type === 'redacted_thinking';

const innerOf = (block: JsonObject): JsonObject[] =>
  Array.isArray(block.content) ? block.content.filter(isJsonObject) : [];

const isToolFound = (block: JsonObject): boolean =>
  isOfToolSearch(block) ||
  block.type === 'tool_reference' ||
  innerOf(block).some(({ type }) => type === 'tool_reference');

const isMarked = (block: JsonObject): boolean =>
  block.cache_control != null || innerOf(block).some(({ cache_control: mark }) => mark != null);

function hasImage(block: WireBlock): boolean {
  if (block.type === 'image') return true;
  const { content, source } = block as JsonObject;
  // A result, or a document that is made of blocks.
  const inner = block.type === 'document' && isJsonObject(source) ? source.content : content;
  return Array.isArray(inner) && inner.some((part) => isJsonObject(part) && hasImage(part as WireBlock));
}
