import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { checkedInPlace } from '../../kit/checked.ts';
import type { ChatGlance } from '../glance.ts';
import { type WireMessage, type WireRequest, wireRequest } from '../wire.ts';

/** Checks a request's shape and says what the plan needs to know of it. */
export function glance(body: JsonObject): ChatGlance {
  const request = checkedInPlace(wireRequest, body);
  refuseContradictions(request);
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  return {
    model: request.model,
    stream: request.stream ?? false,
    streamUsage: request.stream_options?.include_usage ?? false,
    choices: request.n ?? 1,
    ...(maxTokens == null ? {} : { maxTokens }),
    hasImages: request.messages.some(hasImage),
    hasTools: (request.tools?.length ?? 0) > 0 || (request.functions?.length ?? 0) > 0,
    hasDeveloper: request.messages.some(({ role }) => role === 'developer'),
    hasThinking: request.messages.some(hasThinking),
    hasCacheMarks: request.messages.some(hasMark) || (request.tools?.some(isMarked) ?? false),
  };
}

function refuseContradictions(request: WireRequest): void {
  if (request.stream_options != null && request.stream !== true) {
    throw new GatewayError(
      'invalid_request',
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      {
        param: 'stream_options',
      },
    );
  }
  if (request.top_logprobs != null && request.logprobs !== true) {
    throw new GatewayError(
      'invalid_request',
      "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
      {
        param: 'top_logprobs',
      },
    );
  }
}

function hasImage({ content }: WireMessage): boolean {
  return Array.isArray(content) && content.some(({ type }) => type === 'image_url');
}

function hasThinking(message: WireMessage): boolean {
  return (
    message.role === 'assistant' && (Boolean(message.reasoning_content) || (message.thinking_blocks?.length ?? 0) > 0)
  );
}

const isMarked = ({ cache_control: mark }: JsonObject): boolean => mark != null;

const hasMark = (message: WireMessage): boolean =>
  isMarked(message) || (Array.isArray(message.content) && message.content.some(isMarked));
