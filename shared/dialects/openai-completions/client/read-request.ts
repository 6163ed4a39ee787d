import { defined } from '../../../chat/defined.ts';
import type { ChatRequest, Message } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { checkedInPlace } from '../../kit/checked.ts';
import type { CompletionsGlance } from '../glance.ts';
import { type WireRequest, wireRequest } from '../wire.ts';

/** The dialect's name, and that of what it keeps in `native`. */
export const OPENAI_COMPLETIONS = 'openai-completions';

/** Fields the hub has a word for, or that are done here; all others stay as `native`, and are named as dropped. */
const hubFields = new Set(
  [
    'model prompt suffix echo best_of n logprobs max_tokens stream stream_options temperature top_p frequency_penalty',
    'presence_penalty seed stop user',
  ].flatMap((line) => line.split(' ')),
);

/** Checks a request's shape and says what the plan needs to know of it. */
export function glance(body: JsonObject): CompletionsGlance {
  const wire = checkedInPlace(wireRequest, body);
  promptOf(wire);
  refuseContradictions(wire);
  return {
    model: wire.model,
    stream: wire.stream ?? false,
    streamUsage: wire.stream_options?.include_usage ?? false,
    ...(wire.max_tokens == null ? {} : { maxTokens: wire.max_tokens }),
    hasImages: false,
    hasTools: false,
  };
}

/**
 * The one text that is to be continued. Several prompts would be several conversations, and tokens are words of a
 * vocabulary that the model asked may not have: both are refused.
 */
export function promptOf({ prompt }: Pick<WireRequest, 'prompt'>): string {
  const only = Array.isArray(prompt) ? prompt[0] : prompt;
  if (only == null || only === '') {
    throw refusal('prompt', 'it must be a text that is not empty', 'missing_required_parameter');
  }
  if (typeof only !== 'string') throw refusal('prompt', 'lists of tokens are not supported, send text');
  if (Array.isArray(prompt) && prompt.length > 1) {
    throw refusal('prompt', `${prompt.length} prompts in one request are not supported, send one request each`);
  }
  return only;
}

function refuseContradictions(wire: WireRequest): void {
  if (wire.stream_options != null && wire.stream !== true) {
    throw refusal('stream_options', "it is only allowed when 'stream' is enabled", 'invalid_value');
  }
  if ((wire.best_of ?? 1) > (wire.n ?? 1)) {
    throw refusal('best_of', "answers cannot be compared here, leave it out or let it equal 'n'");
  }
  if (wire.echo && wire.logprobs != null) {
    throw refusal('logprobs', "there are none for a prompt, ask for them without 'echo'");
  }
  if (wire.echo && wire.suffix) throw refusal('suffix', "it is not supported together with 'echo'");
}

function refusal(param: string, reason: string, code = 'unsupported_value'): GatewayError {
  return new GatewayError('invalid_request', `Invalid '${param}': ${reason}.`, { param, code });
}

/** Reads a request that `glance` has let pass: the prompt is what a user says. */
export function readRequest(body: JsonObject): ChatRequest {
  const wire = checkedInPlace(wireRequest, body);
  const rest = Object.entries(body).filter(([name, value]) => !hubFields.has(name) && value != null);
  const stop = (typeof wire.stop === 'string' ? [wire.stop] : (wire.stop ?? [])).filter((text) => text !== '');
  return {
    model: wire.model,
    messages: readMessages(promptOf(wire), wire.suffix),
    stream: wire.stream ?? false,
    ...defined({
      streamUsage: wire.stream_options?.include_usage,
      maxTokens: wire.max_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      frequencyPenalty: wire.frequency_penalty,
      presencePenalty: wire.presence_penalty,
      seed: wire.seed,
      stop: stop.length === 0 ? undefined : stop,
      choices: wire.n,
      logprobs: wire.logprobs == null ? undefined : { top: wire.logprobs },
      endUser: wire.user,
      native: rest.length === 0 ? undefined : { dialect: OPENAI_COMPLETIONS, fields: Object.fromEntries(rest) },
    }),
  };
}

const FILL_THE_GAP =
  'You fill a gap in a text. The user sends what stands before the gap in <prefix> and what stands after it in <suffix>. ' +
  'Answer with nothing but the text for the gap, ready to be put between the two as it is: ' +
  'no explanation, no code fence, no word of either side again.';

/** No chat model takes a suffix of its own: an instruction says what it means. */
function readMessages(prompt: string, suffix: string | null | undefined): Message[] {
  if (!suffix) return [{ role: 'user', parts: [{ type: 'text', text: prompt }] }];
  const text = `<prefix>${prompt}</prefix>\n<suffix>${suffix}</suffix>`;
  return [
    { role: 'system', parts: [{ type: 'text', text: FILL_THE_GAP }] },
    { role: 'user', parts: [{ type: 'text', text }] },
  ];
}
