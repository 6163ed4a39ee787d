import { defined } from '../../../chat/defined.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import { splitSystem } from '../../../chat/turns.ts';
import { type JsonObject, jsonWith, wellFormedJson } from '../../../http/json.ts';
import { jsonArray } from '../../../http/json-array.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { memoOf } from '../../kit/memo.ts';
import { JSON_ONLY, wantsAnyJson } from '../../kit/prompts.ts';
import { plainNames, withLegalToolNames } from '../../kit/tool-names.ts';
import { BETA_HEADER, VERSION_HEADER } from '../names.ts';
import { otherFields } from './fields.ts';
import { betasOf } from './hosted-tools.ts';
import { knownTraits } from './models.ts';
import { planThinking, writeSampling } from './thinking.ts';
import { planTools } from './tools.ts';
import {
  isMarked,
  lacksThinking,
  limitMarks,
  planTurns,
  removeMarks,
  type WrittenMessage,
  withEnd,
  writeEntry,
  writeSystem,
} from './write-messages.ts';
import { blockText } from './write-parts.ts';

/** The version of the API under which sampling parameters are taken at all. */
const SAMPLING_VERSION = '2023-06-01';

/**
 * Writes a request for a provider of this dialect. Refuses, naming the part, what it has no form for.
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function writeRequest(asked: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  const modelTraits = knownTraits(model, traits);
  const { request, toolNames } = withLegalToolNames(asked, plainNames(64));
  const other = otherFields(request);
  const { system, rest } = splitSystem(request.messages);
  const turns = planTurns(rest, modelTraits, traits);
  const tools = planTools(request, modelTraits);
  const cannotThink = tools.isForced || (modelTraits.thinkingStyle === 'budget' && lacksThinking(turns));
  const thinking = planThinking(request, modelTraits, cannotThink);
  const sampling = writeSampling(request, modelTraits, thinking.isOn);
  const entries = withEnd(turns, modelTraits.prefill === 'keep' && !thinking.isOn);
  // The others are written one after the other, straight to text: a conversation may have 120,000.
  const marked = new Map(entries.filter(isMarked).map((entry) => [entry, writeEntry(entry)]));
  const tier = serviceTiers[request.serviceTier ?? ''];
  const instructions = writeSystem(system);
  if (wantsAnyJson(request.format)) instructions.push({ type: 'text', text: JSON_ONLY });
  const refusesMarks = traits.cacheMarks === 'strip';
  const mark = refusesMarks ? removeMarks : limitMarks;
  mark(markable(tools.tools ?? [], instructions, marked.values()));

  const fields: JsonObject = {
    model,
    max_tokens: thinking.maxTokens,
    ...sampling.fields,
    ...defined({
      stop_sequences: stopOf(request),
      thinking: thinking.thinking,
      output_config: outputConfig(thinking.effort, tools.format),
      metadata: endUserOf(request),
      service_tier: tier,
      stream: request.stream || undefined,
      tool_choice: tools.choice,
      tools: tools.tools,
      system: instructions.length === 0 ? undefined : instructions,
    }),
    ...other.own,
  };
  if (refusesMarks) delete fields.cache_control;
  const refused = Object.keys(fields).filter((name) => traits.drops?.includes(name));
  for (const name of refused) delete fields[name];
  const dropped = [...other.dropped, ...tools.dropped, ...thinking.dropped, ...sampling.dropped, ...refused];
  if (request.serviceTier !== undefined && tier === undefined) dropped.push('service_tier');
  function* messages(): Generator<string> {
    for (const entry of entries) {
      const { role, blocks } = marked.get(entry) ?? writeEntry(entry);
      yield `{"role":"${role}","content":[${blocks.map(blockText).join(',')}]}`;
    }
  }
  const betas = betasOf(request);
  const memo = memoOf({ tools: tools.offered }, toolNames, tools);
  return {
    headers: {
      ...(Object.keys(sampling.fields).length > 0 ? { [VERSION_HEADER]: SAMPLING_VERSION } : {}),
      ...(betas.length > 0 ? { [BETA_HEADER]: betas.join(',') } : {}),
    },
    body: encodeText(wellFormedJson(jsonWith(fields, 'messages', jsonArray(messages())))),
    dropped: [...new Set(dropped)],
    ...(memo ? { memo } : {}),
  };
}

/** All that may be marked to be remembered, in the order in which the provider reads it. */
function* markable(
  tools: readonly JsonObject[],
  instructions: readonly JsonObject[],
  messages: Iterable<WrittenMessage>,
): Generator<JsonObject> {
  yield* tools;
  yield* instructions;
  for (const { blocks } of messages) for (const { fields } of blocks) yield fields;
}

const serviceTiers: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };

function stopOf({ stop = [] }: ChatRequest): string[] | undefined {
  const taken = stop.filter((text) => text.trim() !== '');
  return taken.length === 0 ? undefined : taken;
}

/** E-mail addresses are not sent to providers. */
const endUserOf = ({ endUser }: ChatRequest): JsonObject | undefined =>
  endUser === undefined || endUser.includes('@') ? undefined : { user_id: endUser };

function outputConfig(effort: string | undefined, format: JsonObject | undefined): JsonObject | undefined {
  return effort === undefined && format === undefined ? undefined : defined({ effort, format });
}
