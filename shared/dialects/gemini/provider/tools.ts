import type { AnswerFormat, ChatRequest, HostedTool, Tool, ToolChoice } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { DialectTarget } from '../../dialect.ts';
import { formatTool } from '../../kit/prompts.ts';
import { wordOf } from '../../kit/read-values.ts';
import { unsupportedTool } from '../../kit/refusals.ts';
import { describedWithGrammar, freeTextSchema } from '../../kit/tool-arguments.ts';
import { isAmongChosen } from '../../kit/tool-names.ts';
import type { Traits } from '../../traits.ts';
import { GEMINI } from '../names.ts';
import type { ModelTraits } from './models.ts';
import { openApiSchema } from './schema.ts';
import { mergeSchemas } from './schema-words.ts';

export interface ToolPlan {
  /** `tools` and `toolConfig` of the body. */
  fields: JsonObject;
  /** What `generationConfig` says of the answer's form. */
  format: JsonObject;
  /** The tool that stands in for an answer's schema. */
  formatTool?: string;
  /** The answer has to be JSON, and only an instruction can say so. */
  asksForJson: boolean;
}

/**
 * The tools of this turn, how they may be chosen, and the form of the answer. Older models take either tools or a form: a
 * schema then becomes one more tool, and any of them must be called.
 */
export function planTools(request: ChatRequest, modelTraits: ModelTraits, traits: Traits): ToolPlan {
  const format = traits.drops?.includes('response_format') ? undefined : asJson(request.format);
  const { tools: given = [], toolChoice } = request;
  // Those that Google runs, from a caller of this dialect, go as they came.
  const hosted = given.filter(isHosted).map(({ native }) => native!.fields);
  const tools = given.filter((tool) => !isHosted(tool));
  const clash = format !== undefined && !modelTraits.jsonBesideTools;
  // With tools out of the question, the form has the field to itself.
  const isIdle = clash && toolChoice?.type === 'none' && traits.answerSchema !== 'tool';
  // A choice among some of the tools without having to take one can only be said by offering no others.
  const offered = isIdle ? [] : tools.filter(isAmongChosen(toolChoice));
  const places = new Map(given.map((tool, place) => [tool, place]));
  const run = offered.flatMap(({ hosted }) => (hosted ? [{ [hostedNames[hosted.type]]: {} }] : []));
  // Functions and tools that Google runs are not taken together: these were let in because they are alone, or chosen.
  if (run.length > 0) return { fields: { tools: run }, format: writeFormat(format, modelTraits), asksForJson: false };
  const declarations = offered.map((tool) => writeTool(tool, places.get(tool)!, modelTraits));
  const isAlone = declarations.length === 0 && traits.answerSchema !== 'tool';
  if (!clash || isAlone) {
    return {
      fields: toolFields(declarations, toolChoice, hosted),
      format: writeFormat(format, modelTraits),
      asksForJson: false,
    };
  }
  // A call that must be made leaves no answer to have a form.
  if (isForced(toolChoice) || format.type === 'json') {
    return { fields: toolFields(declarations, toolChoice, hosted), format: {}, asksForJson: !isForced(toolChoice) };
  }
  return withFormatTool(format, declarations, modelTraits);
}

/** @see https://ai.google.dev/gemini-api/docs/tools */
const hostedNames: Readonly<Record<HostedTool['type'], string>> = {
  'web-search': 'googleSearch',
  'web-fetch': 'urlContext',
  'code-execution': 'codeExecution',
};

/** Google runs its own tools only where none of the caller's are offered beside them, or where one of its own must be used. */
export function takesHosted(
  { type }: HostedTool,
  { tools = [], toolChoice }: ChatRequest,
  { traits }: DialectTarget,
): boolean {
  if (traits.hostedTools && !traits.hostedTools.includes(type)) return false;
  if (toolChoice?.type === 'none') return false;
  const isChosen = toolChoice?.type === 'tool' && toolChoice.kind === 'native';
  return isChosen || tools.every(({ kind }) => kind === 'native');
}

type JsonFormat = Exclude<AnswerFormat, { type: 'text' }>;

const asJson = (format: AnswerFormat | undefined): JsonFormat | undefined =>
  format === undefined || format.type === 'text' ? undefined : format;

const isForced = (choice: ToolChoice | undefined): boolean =>
  choice?.type === 'required' || choice?.type === 'tool' || (choice?.type === 'allowed' && choice.mode === 'required');

const isHosted = ({ kind, native }: Tool): boolean => kind === 'native' && native?.dialect === GEMINI;

function toolFields(
  declarations: readonly JsonObject[],
  choice: ToolChoice | undefined,
  hosted: readonly JsonObject[] = [],
): JsonObject {
  if (declarations.length === 0) return hosted.length === 0 ? {} : { tools: hosted };
  const config = choice ? callingConfig(choice) : undefined;
  return {
    tools: [{ functionDeclarations: declarations }, ...hosted],
    ...(config ? { toolConfig: { functionCallingConfig: config } } : {}),
  };
}

/** @see https://ai.google.dev/api/caching#FunctionCallingConfig */
function callingConfig(choice: ToolChoice): JsonObject {
  switch (choice.type) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'allowed':
      return { mode: choice.mode === 'required' ? 'ANY' : 'AUTO' };
  }
}

function withFormatTool(
  format: Extract<JsonFormat, { type: 'json-schema' }>,
  declarations: readonly JsonObject[],
  modelTraits: ModelTraits,
): ToolPlan {
  const { name, description } = formatTool(
    format,
    declarations.map((declared) => wordOf(declared.name)),
  );
  const own = { name, description, ...writeParameters(format.schema, modelTraits) };
  return {
    fields: toolFields([...declarations, own], { type: 'required' }),
    format: {},
    formatTool: name,
    asksForJson: false,
  };
}

function writeTool(tool: Tool, position: number, modelTraits: ModelTraits): JsonObject {
  const { name, kind, schema } = tool;
  if (kind === 'native') {
    throw unsupportedTool(name, `tools[${position}]`);
  }
  const text = describedWithGrammar(tool) ?? '';
  const parameters = writeParameters(kind === 'custom' ? freeTextSchema : schema, modelTraits);
  return { name, ...(text === '' ? {} : { description: text }), ...parameters };
}

/** Parameters must be an object with properties, or left out. */
function writeParameters(schema: JsonObject | undefined, modelTraits: ModelTraits): JsonObject {
  const { $schema: _, ...own } = schema ?? {};
  if (modelTraits.schemas === 'json-schema')
    return { parametersJsonSchema: { type: 'object', properties: {}, ...own } };
  const { anyOf, ...converted } = openApiSchema({ ...own, type: 'object' });
  const parameters = Array.isArray(anyOf) ? anyOf.reduce(eitherOf) : converted;
  return isJsonObject(parameters.properties) ? { parameters } : {};
}

/** A choice of objects is no object there: all their properties may be given, and those must that all of them need. */
function eitherOf(first: JsonObject, second: JsonObject): JsonObject {
  const { required: _, ...merged } = mergeSchemas(first, second);
  const [a, b] = [first.required, second.required];
  const needed = Array.isArray(a) && Array.isArray(b) ? a.filter((name) => b.includes(name)) : [];
  return needed.length > 0 ? { ...merged, required: needed } : merged;
}

/** @see https://ai.google.dev/gemini-api/docs/structured-output */
function writeFormat(format: JsonFormat | undefined, modelTraits: ModelTraits): JsonObject {
  if (!format) return {};
  const json = { responseMimeType: 'application/json' };
  if (format.type === 'json' || !format.schema) return json;
  const { $schema: _, ...own } = format.schema;
  if (modelTraits.schemas === 'json-schema') return { ...json, responseJsonSchema: own };
  const responseSchema = openApiSchema(own);
  const isOpen = responseSchema.type === 'OBJECT' && !isJsonObject(responseSchema.properties);
  return isOpen ? json : { ...json, responseSchema };
}
