import type { ChatRequest } from '../../../chat/request.ts';
import { splitSystem } from '../../../chat/turns.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { lostFilters } from '../../kit/field-edits.ts';
import { memoOf } from '../../kit/memo.ts';
import { instruction, JSON_ONLY } from '../../kit/prompts.ts';
import { refuseChoices } from '../../kit/refusals.ts';
import { plainNames, withLegalToolNames } from '../../kit/tool-names.ts';
import { BEDROCK } from '../names.ts';
import { takenFields } from './fields.ts';
import { writeInference } from './inference.ts';
import { jsonBytes } from './json-text.ts';
import { refuseUnknownParts } from './media.ts';
import { knownTraits } from './models.ts';
import { planTools, type ToolPlan, writeTextFormat } from './tools.ts';
import { hasToolBlocks, lacksThinking, planTurns, writeSystem, writeTurns } from './write-messages.ts';

/** Converse's names of tiers. */
const tiers: ReadonlySet<string> = new Set(['default', 'priority', 'flex', 'reserved']);

/** Writes a request for Converse or ConverseStream. Refuses, naming the part, what they have no form for. */
export function writeRequest(given: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  refuseChoices(given.choices);
  refuseUnknownParts(given.messages);
  const modelTraits = knownTraits(model, traits);
  const taken = takenFields(given, traits);
  const { request, toolNames } = withLegalToolNames(taken.request, plainNames(64));
  const { system, rest } = splitSystem(request.messages);
  const turns = planTurns(rest, { ...modelTraits, prefill: modelTraits.prefill && !request.reasoning }, traits);
  const messages = writeTurns(turns, modelTraits);
  const tools = planTools(request, modelTraits, hasToolBlocks(turns));
  const inference = writeInference(request, modelTraits, !tools.isForced && !lacksThinking(turns, modelTraits));
  const spoken = request.format?.type === 'json' ? [...system, instruction(JSON_ONLY)] : system;
  const tier = request.serviceTier;
  const fields = withoutEmpty({
    system: writeSystem(spoken, modelTraits),
    inferenceConfig: inference.inferenceConfig,
    toolConfig: tools.toolConfig ?? {},
    additionalModelRequestFields: inference.additional,
    outputConfig: writeOutput(request, tools, inference.effort),
    serviceTier: tier && tiers.has(tier) ? { type: tier } : {},
    // Claude says which stop sequence it met only where it is asked to.
    additionalModelResponseFieldPaths: modelTraits.family === 'anthropic' && request.stop ? ['/stop_sequence'] : [],
  });
  const lostTier = tier && tier !== 'auto' && !tiers.has(tier) ? ['service_tier'] : [];
  const memo = memoOf(request, toolNames, tools);
  return {
    headers: request.stream ? { accept: 'application/vnd.amazon.eventstream' } : {},
    body: jsonBytes({ messages, ...fields }),
    dropped: [...taken.dropped, ...inference.dropped, ...lostTier, ...lostFilters(request.tools, { dialect: BEDROCK })],
    ...(memo ? { memo } : {}),
  };
}

const withoutEmpty = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => Object.keys(value as object).length > 0));

function writeOutput({ format }: ChatRequest, { formatTool }: ToolPlan, effort: string | undefined): JsonObject {
  const isNative = format?.type === 'json-schema' && formatTool === undefined;
  return { ...(isNative ? { textFormat: writeTextFormat(format) } : {}), ...(effort ? { effort } : {}) };
}
