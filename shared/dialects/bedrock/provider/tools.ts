import type { AnswerFormat, ChatRequest, Tool, ToolChoice } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { formatTool } from '../../kit/prompts.ts';
import { unsupportedTool } from '../../kit/refusals.ts';
import { strictSchema, toolSchema } from '../../kit/schemas/strict.ts';
import { describedWithGrammar, freeTextSchema } from '../../kit/tool-arguments.ts';
import { isAmongChosen, legalName, plainNames } from '../../kit/tool-names.ts';
import type { ModelTraits } from './models.ts';

import { cachePoint } from './write-messages.ts';

/**
 * Searches of the web that Nova's newer models run by themselves; the caller's role needs `bedrock:InvokeTool`.
 * @see https://docs.aws.amazon.com/nova/latest/userguide/grounding.html
 */
const WEB_SEARCH = 'nova_grounding';

/** Placeholder tool: Converse requires tools when the history has calls. */
const NO_TOOLS = {
  toolSpec: {
    name: 'no_tools',
    description: 'No tool can be used in this turn. Never call this.',
    inputSchema: { json: { type: 'object', properties: {} } },
  },
};

export interface ToolPlan {
  toolConfig?: JsonObject;
  /** The tool that stands in for an answer's schema. */
  formatTool?: string;
  /** The model must call a tool, which rules thinking out. */
  isForced: boolean;
}

/** The tools of this turn, and how they may be chosen. Converse has no `none`: then there are no tools. */
export function planTools(request: ChatRequest, modelTraits: ModelTraits, historyHasCalls: boolean): ToolPlan {
  const { tools = [], toolChoice, format } = request;
  const offered = toolChoice?.type === 'none' ? [] : tools.filter(isAmongChosen(toolChoice));
  const written = offered.flatMap((tool, index) => writeTool(tool, index, modelTraits));
  const choice = offered.length === 0 ? undefined : writeChoice(toolChoice);
  if (format?.type === 'json-schema' && !modelTraits.schema) return withFormatTool(format, offered, written);
  if (written.length > 0) {
    return { toolConfig: { tools: written, ...(choice ? { toolChoice: choice } : {}) }, isForced: isForcing(choice) };
  }
  return historyHasCalls ? { toolConfig: { tools: [NO_TOOLS] }, isForced: false } : { isForced: false };
}

/** With tools of the caller's beside it, the model has to call one or the other; alone it is the one to call. */
function withFormatTool(
  format: Extract<AnswerFormat, { type: 'json-schema' }>,
  offered: readonly Tool[],
  written: readonly JsonObject[],
): ToolPlan {
  const { name, description } = formatTool(
    format,
    offered.map((tool) => tool.name),
  );
  const spec = { toolSpec: { name, description, inputSchema: { json: undialected(toolSchema(format.schema)) } } };
  const toolChoice = offered.length > 0 ? { any: {} } : { tool: { name } };
  return { toolConfig: { tools: [...written, spec], toolChoice }, formatTool: name, isForced: true };
}

const isForcing = (choice: JsonObject | undefined): boolean => choice !== undefined && !('auto' in choice);

function writeTool(tool: Tool, index: number, modelTraits: ModelTraits): JsonObject[] {
  const { name, schema, cache, kind, hosted } = tool;
  const description = describedWithGrammar(tool);
  if (kind === 'native') {
    if (hosted?.type === 'web-search') return [{ systemTool: { name: WEB_SEARCH } }];
    throw unsupportedTool(name, `tools[${index}]`);
  }
  const json = kind === 'custom' ? freeTextSchema : undialected(toolSchema(schema));
  const spec = { toolSpec: { name, ...(description ? { description } : {}), inputSchema: { json } } };
  return [spec, ...(modelTraits.cache.tools ? cachePoint(cache, modelTraits) : [])];
}

/** Bedrock refuses schemas that say which draft they follow. */
const undialected = ({ $schema: _, ...schema }: JsonObject): JsonObject => schema;

function writeChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  if (!choice || choice.type === 'none') return undefined;
  // A tool that AWS runs cannot be named here: the model decides.
  if (choice.type === 'tool') return choice.kind === 'native' ? undefined : { tool: { name: choice.name } };
  const mode = choice.type === 'allowed' ? choice.mode : choice.type;
  return mode === 'required' ? { any: {} } : { auto: {} };
}

/** The schema of the answer, for models that answer in one. */
export function writeTextFormat({
  name,
  description,
  schema,
}: Extract<AnswerFormat, { type: 'json-schema' }>): JsonObject {
  return {
    type: 'json_schema',
    structure: {
      jsonSchema: {
        name: legalName(name, plainNames(64)),
        ...(description ? { description } : {}),
        schema: JSON.stringify(strictSchema(schema ?? { type: 'object', properties: {} })),
      },
    },
  };
}
