import type { FinishReason } from '../../../chat/events.ts';
import type { ChatReply, Choice } from '../../../chat/reply.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { checkedInPlace } from '../../kit/checked.ts';
import { wireRequest } from '../wire.ts';
import { writeLogprobs } from './logprobs.ts';
import { promptOf } from './read-request.ts';

/** Writes a whole reply for a caller; thinking and calls have no place in it. */
export function writeReply(reply: ChatReply, context: DialectContext): JsonObject {
  const echo = echoOf(context);
  return {
    id: completionId(reply.id, context),
    object: 'text_completion',
    created: reply.created ?? context.now,
    model: reply.model,
    ...reply.native,
    choices: reply.choices.map((choice, index) => writeChoice(choice, index, echo)),
    usage: writeUsage(reply.usage ?? { input: 0, output: 0 }),
  };
}

function writeChoice({ parts, finish, logprobs }: Choice, index: number, echo: string): JsonObject {
  const texts = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''));
  return {
    index,
    text: echo + texts.join(''),
    logprobs: writeLogprobs(logprobs, echo.length),
    finish_reason: writeFinish(finish),
  };
}

/** What stands before the answer: the prompt, where the caller wants it back. */
export function echoOf({ request = {} }: DialectContext): string {
  return request.echo === true ? promptOf(checkedInPlace(wireRequest, request)) : '';
}

export const completionId = (id: string, context: DialectContext): string =>
  id.startsWith('cmpl-') ? id : `cmpl-${context.id}`;

const finishNames: Partial<Record<FinishReason, string>> = {
  length: 'length',
  context: 'length',
  refused: 'content_filter',
};

/** Only three reasons are known here; there is none for calls, since a caller of this dialect cannot offer tools. */
export const writeFinish = (reason: FinishReason): string => finishNames[reason] ?? 'stop';

export function writeUsage({ input, output, cacheRead, reasoning }: Usage): JsonObject {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cacheRead ?? 0 },
    completion_tokens_details: { reasoning_tokens: reasoning ?? 0 },
  };
}
