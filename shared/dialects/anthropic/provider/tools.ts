import { defined } from '../../../chat/defined.ts';
import { callsOf } from '../../../chat/map-parts.ts';
import type { AnswerFormat, ChatRequest, Tool, ToolChoice } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { formatTool } from '../../kit/prompts.ts';
import { unsupportedTool } from '../../kit/refusals.ts';
import { strictSchema, toolSchema } from '../../kit/schemas/strict.ts';
import { describedWithGrammar, freeTextSchema } from '../../kit/tool-arguments.ts';
import { isAmongChosen } from '../../kit/tool-names.ts';
import { ANTHROPIC } from '../names.ts';
import { writeHosted } from './hosted-tools.ts';
import type { ModelTraits } from './models.ts';
import { writeCache } from './write-parts.ts';

export interface ToolPlan {
  tools?: JsonObject[];
  choice?: JsonObject;
  /** The model must call a tool, and may then not think. */
  isForced: boolean;
  /** Held to a schema by the model's own means. */
  format?: JsonObject;
  /** The tools written, those recalled from the history included. */
  offered: Tool[];
  /** The tool that stands in for an answer's schema. */
  formatTool?: string;
  dropped: string[];
}

/** The tools of this turn, how they may be chosen, and how the answer is held to a schema. Names are legal already. */
export function planTools(request: ChatRequest, modelTraits: ModelTraits): ToolPlan {
  const { toolChoice, format } = request;
  const chosen = chosenTools(request);
  const offered = chosen.length > 0 ? chosen : recalledTools(request);
  const isNative = modelTraits.answerSchema === 'native';
  const tools = offered.map((tool, index) => writeTool(tool, index, isNative));
  const plan: ToolPlan = {
    isForced: false,
    offered,
    dropped: !isNative && offered.some(({ strict }) => strict) ? ['strict'] : [],
  };
  const schema = format?.type === 'json-schema' ? format.schema : undefined;
  if (schema && isNative) plan.format = { type: 'json_schema', schema: strictSchema(schema) };
  if (format && schema && !isNative && toolChoice?.type !== 'tool') {
    return withFormatTool(plan, { tools, mayCall: chosen.length > 0 && toolChoice?.type !== 'none', format });
  }
  if (tools.length === 0) return plan;
  const choice =
    chosen.length === 0
      ? { type: 'none' }
      : writeChoice(nativelyNamed(toolChoice, offered), request.parallelToolCalls === false);
  return {
    ...plan,
    tools,
    ...(choice ? { choice } : {}),
    isForced: choice?.type === 'any' || choice?.type === 'tool',
  };
}

function chosenTools({ tools = [], toolChoice }: ChatRequest): Tool[] {
  const isChosen = isAmongChosen(toolChoice);
  return tools.filter((tool) => tool.kind === 'native' || isChosen(tool));
}

/** A history that holds calls demands tools though the turn has none: those called before, of which none may be chosen. */
function recalledTools({ messages }: ChatRequest): Tool[] {
  const names = new Set(messages.flatMap(callsOf).map(({ name }) => name));
  return [...names].map((name) => ({ kind: 'function', name }));
}

/** For whom only a tool can be held to a schema: beside the caller's tools the model must call one or the other. */
function withFormatTool(
  plan: ToolPlan,
  { tools, mayCall, format }: { tools: JsonObject[]; mayCall: boolean; format: AnswerFormat },
): ToolPlan {
  if (format.type !== 'json-schema') return plan;
  const { name, description } = formatTool(
    format,
    plan.offered.map((tool) => tool.name),
  );
  return {
    ...plan,
    tools: [...tools, { name, description, input_schema: toolSchema(format.schema) }],
    choice: mayCall ? { type: 'any' } : { type: 'tool', name },
    isForced: true,
    formatTool: name,
  };
}

function writeTool(tool: Tool, index: number, takesStrict: boolean): JsonObject {
  const { kind, name, schema, strict, native } = tool;
  if (kind === 'native') {
    if (native?.dialect === ANTHROPIC) return { ...native.fields };
    if (tool.hosted) return writeHosted(tool.hosted).tool;
    throw unsupportedTool(name, `tools[${index}]`);
  }
  const input = kind === 'custom' ? freeTextSchema : toolSchema(schema);
  const isStrict = strict === true && takesStrict && kind !== 'custom';
  return {
    name,
    ...defined({ description: describedWithGrammar(tool) }),
    input_schema: isStrict ? strictSchema(input) : input,
    ...(isStrict ? { strict: true } : {}),
    ...writeCache(tool.cache),
  };
}

/** A tool of another dialect's that is run here has the name that it has here. */
function nativelyNamed(choice: ToolChoice | undefined, tools: readonly Tool[]): ToolChoice | undefined {
  if (choice?.type !== 'tool' || choice.kind !== 'native') return choice;
  const chosen = tools.find((tool) => tool.kind === 'native' && tool.name === choice.name);
  if (!chosen?.hosted || chosen.native?.dialect === ANTHROPIC) return choice;
  return { ...choice, name: String(writeHosted(chosen.hosted).tool.name) };
}

const choiceTypes = { auto: 'auto', required: 'any', none: 'none' } as const;

/** One call at a time is said within the choice, which is `auto` unless the caller made one. */
function writeChoice(choice: ToolChoice | undefined, oneAtATime: boolean): JsonObject | undefined {
  const one = oneAtATime ? { disable_parallel_tool_use: true } : {};
  if (choice?.type === 'none') return { type: 'none' };
  if (choice?.type === 'tool') return { type: 'tool', name: choice.name, ...one };
  const mode = choice?.type === 'allowed' ? choice.mode : (choice?.type ?? 'auto');
  return mode === 'auto' && !oneAtATime && choice === undefined ? undefined : { type: choiceTypes[mode], ...one };
}
