import { defined } from '../../../../chat/defined.ts';
import type { AnswerFormat, ChatRequest, Message, Reasoning } from '../../../../chat/request.ts';
import type { JsonObject } from '../../../../http/json.ts';
import type { RequestUrl } from '../../../dialect.ts';
import { GEMINI } from '../../names.ts';
import { checkedRequest } from '../check.ts';
import { readUrl } from '../path.ts';
import type { WireConfig, WireRequest } from '../wire.ts';
import { readContents, readTexts } from './contents.ts';
import { jsonSchema } from './schema.ts';
import { readToolChoice, readTools } from './tools.ts';

/** Fields the hub has a word for; all others stay as `native`. */
const hubFields = new Set(
  'model contents systemInstruction tools toolConfig generationConfig cachedContent'.split(' '),
);
const hubConfig = new Set(
  [
    'temperature topP topK candidateCount maxOutputTokens stopSequences seed presencePenalty frequencyPenalty',
    'responseLogprobs logprobs thinkingConfig',
  ].flatMap((line) => line.split(' ')),
);
const formFields = ['responseMimeType', 'responseSchema', 'responseJsonSchema'];

/** Reads a request that `glance` has let pass. */
export function readRequest(body: JsonObject, url?: RequestUrl): ChatRequest {
  const { model, action } = readUrl(url);
  const wire = checkedRequest(body);
  const config = wire.generationConfig ?? {};
  const tools = readTools(wire.tools ?? []);
  const stop = (config.stopSequences ?? []).filter((text) => text !== '');
  const format = readFormat(config);
  const native = nativeFields(wire, config, format !== undefined);
  return {
    model,
    messages: [...readSystem(wire.systemInstruction), ...readContents(wire.contents)],
    stream: action === 'streamGenerateContent',
    streamUsage: true,
    ...defined({
      maxTokens: config.maxOutputTokens || undefined,
      temperature: config.temperature,
      topP: config.topP,
      topK: config.topK,
      frequencyPenalty: config.frequencyPenalty,
      presencePenalty: config.presencePenalty,
      seed: config.seed,
      stop: stop.length === 0 ? undefined : stop,
      choices: config.candidateCount,
      logprobs: config.responseLogprobs ? { top: config.logprobs ?? 0 } : undefined,
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: tools.length === 0 ? undefined : readToolChoice(wire.toolConfig),
      format,
      reasoning: readReasoning(config.thinkingConfig),
      native: Object.keys(native).length === 0 ? undefined : { dialect: GEMINI, fields: native },
    }),
  };
}

function readSystem(system: WireRequest['systemInstruction']): Message[] {
  const parts = readTexts(system?.parts ?? []);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** `text/x.enum` is an answer of one bare word, which the hub knows no form for. */
function readFormat({ responseMimeType, responseSchema, responseJsonSchema }: WireConfig): AnswerFormat | undefined {
  if (responseMimeType !== 'application/json') return undefined;
  const schema = responseJsonSchema ?? (responseSchema ? jsonSchema(responseSchema) : undefined);
  return schema ? { type: 'json-schema', name: 'answer', schema } : { type: 'json' };
}

/**
 * How much to think. Whether the thinking is shown is another question, which the writers of answers ask; but who wants to see it
 * wants some.
 */
function readReasoning(thinking: WireConfig['thinkingConfig']): Reasoning | undefined {
  if (!thinking) return undefined;
  const { thinkingBudget: budget, thinkingLevel, includeThoughts } = thinking;
  if (budget === 0) return { enabled: false };
  if (budget != null && budget > 0) return { enabled: true, budget };
  const effort = thinkingLevel?.toLowerCase();
  if (effort && effort !== 'thinking_level_unspecified') return { enabled: true, effort };
  return budget === -1 || includeThoughts === true ? { enabled: true } : undefined;
}

function nativeFields(wire: WireRequest, config: WireConfig, hasFormat: boolean): JsonObject {
  const { responseModalities: modalities, responseMimeType: type, ...rest } = config;
  const isText = !Array.isArray(modalities) || modalities.every((name) => name === 'TEXT');
  const own = {
    ...wire,
    ...rest,
    ...(isText ? {} : { responseModalities: modalities }),
    ...(type && type !== 'text/plain' ? { responseMimeType: type } : {}),
  };
  const isKnown = (name: string): boolean =>
    hubFields.has(name) || hubConfig.has(name) || (hasFormat && formFields.includes(name));
  return Object.fromEntries(Object.entries(own).filter(([name, value]) => value != null && !isKnown(name)));
}
