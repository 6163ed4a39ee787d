import type { ChatRequest } from '../../../chat/request.ts';
import { splitSystem } from '../../../chat/turns.ts';
import { jsonWith, wellFormedJson } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { lostFilters } from '../../kit/field-edits.ts';
import { memoOf } from '../../kit/memo.ts';
import { instruction, JSON_ONLY } from '../../kit/prompts.ts';
import { type NameRule, withLegalToolNames } from '../../kit/tool-names.ts';
import { GEMINI } from '../names.ts';
import { writeParameters } from './fields.ts';
import { refuseForeignParts } from './media.ts';
import { knownTraits } from './models.ts';
import { planTools } from './tools.ts';
import { writeContents, writeSystem } from './write-contents.ts';

/** Names of functions; longer ones are taken by newer models only. */
const functionNames: NameRule = { legal: /^[a-zA-Z_][\w.:-]{0,63}$/, illegal: /[^\w.:-]/g, most: 64 };

/**
 * Writes a request for `generateContent` or `streamGenerateContent`; whether it is streamed stands in the path. Refuses, naming
 * the part, what they have no form for.
 * @see https://ai.google.dev/api/generate-content
 */
export function writeRequest(given: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  refuseForeignParts(given.messages);
  const modelTraits = knownTraits(model, traits);
  const { generationConfig, own, dropped } = writeParameters(given, modelTraits, traits);
  const { request, toolNames } = withLegalToolNames(given, functionNames);
  const tools = planTools(request, modelTraits, traits);
  const { system, rest } = splitSystem(request.messages);
  const systemInstruction = writeSystem(tools.asksForJson ? [...system, instruction(JSON_ONLY)] : system);
  const config = { ...generationConfig, ...tools.format };
  const body = {
    ...(systemInstruction ? { systemInstruction } : {}),
    ...tools.fields,
    ...own,
    ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
  };
  const text = jsonWith(body, 'contents', writeContents(rest, modelTraits, traits));
  const memo = memoOf(request, toolNames, tools);
  const formatDropped = given.format && given.format.type !== 'text' && traits.drops?.includes('response_format');
  return {
    headers: {},
    body: encodeText(wellFormedJson(text)),
    dropped: [
      ...dropped,
      ...(formatDropped ? ['response_format'] : []),
      ...lostFilters(request.tools, { dialect: GEMINI }),
    ],
    ...(memo ? { memo } : {}),
  };
}
