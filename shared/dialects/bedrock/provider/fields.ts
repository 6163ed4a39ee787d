import type { ChatRequest } from '../../../chat/request.ts';
import type { Traits } from '../../traits.ts';

/** Fields of a request by the names callers know, and whether Converse has a place for them. */
const fields: Readonly<Record<string, { field: keyof ChatRequest; taken: boolean }>> = {
  max_tokens: { field: 'maxTokens', taken: true },
  temperature: { field: 'temperature', taken: true },
  top_p: { field: 'topP', taken: true },
  top_k: { field: 'topK', taken: true },
  stop: { field: 'stop', taken: true },
  reasoning_effort: { field: 'reasoning', taken: true },
  response_format: { field: 'format', taken: true },
  service_tier: { field: 'serviceTier', taken: true },
  frequency_penalty: { field: 'frequencyPenalty', taken: false },
  presence_penalty: { field: 'presencePenalty', taken: false },
  seed: { field: 'seed', taken: false },
  logprobs: { field: 'logprobs', taken: false },
  user: { field: 'endUser', taken: false },
  parallel_tool_calls: { field: 'parallelToolCalls', taken: false },
};

/** Values that change nothing: leaving them out is no loss. */
const isIdle = (field: keyof ChatRequest, value: unknown): boolean =>
  value === undefined || value === 0 || (field === 'parallelToolCalls' && value === true);

/** The request without what the provider (or this target of it) does not take, and the names of those fields. */
export function takenFields(request: ChatRequest, { drops = [] }: Traits): { request: ChatRequest; dropped: string[] } {
  const left = { ...request };
  const dropped = Object.keys(request.native?.fields ?? {});
  for (const [name, { field, taken }] of Object.entries(fields)) {
    if (taken && !drops.includes(name)) continue;
    if (taken ? request[field] !== undefined : !isIdle(field, request[field])) dropped.push(name);
    delete left[field];
  }
  if (request.tools?.some(({ strict }) => strict)) dropped.push('strict');
  return { request: left, dropped };
}
