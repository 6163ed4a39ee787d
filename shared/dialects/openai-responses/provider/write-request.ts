import { createHash } from 'node:crypto';
import { defined } from '../../../chat/defined.ts';
import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type { AnswerFormat, ChatRequest, HostedTool, Reasoning, Tool, ToolChoice } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { editedFields, fieldEdits, lostFilters } from '../../kit/field-edits.ts';
import { cannotThink } from '../../kit/openai/models.ts';
import { refuseChoices, unsupportedTool } from '../../kit/refusals.ts';
import { effortOfBudget } from '../../kit/thinking.ts';
import { customNames, grammarOf } from '../../kit/tool-arguments.ts';
import { plainNames, withLegalToolIds, withLegalToolNames } from '../../kit/tool-names.ts';
import { OPENAI_RESPONSES } from '../names.ts';
import { efforts, knownTier, unwrittenFields } from './fields.ts';
import { plainForms } from './plain-forms.ts';
import { writeItems } from './write-items.ts';

/** OpenAI's own bound on names and ids of calls. */
const NAMES = plainNames(64);

/** Fewer tokens than these are a 400; callers that only try whether a model is there ask for one. */
const LEAST_OUTPUT_TOKENS = 16;

/** Writes a request for a provider of this dialect. Refuses, naming the part, what it has no form for. */
export function writeRequest(asked: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  refuseChoices(asked.choices);
  const { request: named, toolNames } = withLegalToolNames(asked, NAMES);
  const { request, customTools } =
    traits.openaiForms === 'plain' ? plainForms(named) : { request: named, customTools: undefined };
  const messages = withLegalToolIds(repairToolChain(request.messages), NAMES);
  const own = request.native?.dialect === OPENAI_RESPONSES ? request.native.fields : {};
  const tools = request.tools?.length ? request.tools : undefined;
  const body: JsonObject = {
    model,
    input: writeItems(messages, traits),
    // Nothing is to be kept at the provider for callers who do not know of it; thinking comes back with a signature instead.
    store: false,
    ...own,
    ...defined({
      include: writeInclude(request, own.include, model),
      max_output_tokens: writeMaxTokens(request.maxTokens, traits.maxOutputTokens),
      temperature: request.temperature,
      top_p: request.topP,
      top_logprobs: request.logprobs?.top || undefined,
      tools: tools?.map(writeTool),
      tool_choice: tools && request.toolChoice && writeToolChoice(request.toolChoice, tools),
      parallel_tool_calls: tools && request.parallelToolCalls,
      text: writeText(request.format, own.text),
      reasoning: request.reasoning && writeReasoning(request.reasoning),
      safety_identifier: request.endUser && boundedId(request.endUser),
      service_tier: knownTier(request.serviceTier),
    }),
    ...(request.stream ? { stream: true } : {}),
  };
  const edits = fieldEdits(Object.keys(body), traits);
  // What was our own idea is no loss of the caller's.
  const lost = edits.dropped.filter((name) => !(name === 'store' || name === 'include') || name in own);
  return {
    headers: {},
    body: encodeText(JSON.stringify(editedFields(body, edits))),
    dropped: [
      ...lost,
      ...unwrittenFields(request),
      ...lostFilters(tools, { dialect: OPENAI_RESPONSES, takes: ['allowedDomains'] }),
    ],
    ...(toolNames || customTools ? { memo: defined({ toolNames, customTools }) } : {}),
  };
}

function writeInclude({ logprobs, tools = [] }: ChatRequest, own: unknown, model: string): unknown[] | undefined {
  const included = new Set<unknown>(Array.isArray(own) ? own : []);
  if (!cannotThink(model)) included.add('reasoning.encrypted_content');
  // Callers of dialects whose searches say what they found are told it.
  if (tools.some(({ hosted, native }) => hosted?.type === 'web-search' && native?.dialect !== OPENAI_RESPONSES)) {
    included.add('web_search_call.action.sources');
  }
  if (logprobs) included.add('message.output_text.logprobs');
  return included.size === 0 ? undefined : [...included];
}

function writeMaxTokens(asked: number | undefined, most: number | undefined): number | undefined {
  if (asked === undefined) return undefined;
  return Math.max(LEAST_OUTPUT_TOKENS, most === undefined ? asked : Math.min(asked, most));
}

function writeTool(tool: Tool, index: number): JsonObject {
  const { kind, name, description, schema, strict, native } = tool;
  const own = native?.dialect === OPENAI_RESPONSES ? native.fields : undefined;
  if (kind === 'function') {
    const parameters = schema ?? { type: 'object', properties: {} };
    // Unlike everywhere else, strict is what this API does when nothing is said, and a loose schema would be a 400.
    return { type: 'function', name, ...defined({ description }), parameters, strict: strict ?? false };
  }
  if (kind === 'custom') {
    const grammar = own ? undefined : grammarOf(tool);
    return {
      type: 'custom',
      name,
      ...defined({ description }),
      ...own,
      ...(grammar ? { format: { type: 'grammar', ...grammar } } : {}),
    };
  }
  if (own) return own;
  if (tool.hosted) return writeHosted(tool.hosted);
  throw unsupportedTool(name, `tools[${index}]`);
}

/** A tool that OpenAI runs, asked for in another dialect. */
function writeHosted(hosted: HostedTool): JsonObject {
  if (hosted.type !== 'web-search') return { type: 'code_interpreter', container: { type: 'auto' } };
  const { allowedDomains, location, contextSize } = hosted;
  return {
    type: 'web_search',
    ...defined({
      filters: allowedDomains && { allowed_domains: allowedDomains },
      user_location: location && { type: 'approximate', ...location },
      search_context_size: contextSize,
    }),
  };
}

/** Unless its configuration says otherwise. There is no tool that fetches pages but the search. */
export function takesHosted({ type }: HostedTool, _: unknown, { traits }: DialectTarget): boolean {
  return traits.hostedTools ? traits.hostedTools.includes(type) : type !== 'web-fetch';
}

function writeToolChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  const custom = customNames(tools);
  const typed = (name: string): JsonObject => ({ type: custom.has(name) ? 'custom' : 'function', name });
  if (choice.type === 'tool' && choice.kind === 'native') {
    const chosen = tools.find((tool) => tool.kind === 'native' && tool.name === choice.name);
    const isOwn = chosen?.native?.dialect === OPENAI_RESPONSES;
    return { type: chosen?.hosted && !isOwn ? writeHosted(chosen.hosted).type : choice.name };
  }
  if (choice.type === 'tool') return typed(choice.name);
  if (choice.type !== 'allowed') return choice.type;
  return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(typed) };
}

function writeText(format: AnswerFormat | undefined, own: unknown): JsonObject | undefined {
  const rest = isJsonObject(own) ? own : {};
  if (format) return { ...rest, format: writeFormat(format) };
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function writeFormat(format: AnswerFormat): JsonObject {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  const shape = schema ?? { type: 'object', properties: {} };
  return { type: 'json_schema', name, ...defined({ description }), schema: shape, strict: strict ?? false };
}

/** A summary is asked for where the caller wants to see thinking; OpenAI shows none unasked. */
function writeReasoning({ enabled, effort, budget, native }: Reasoning): JsonObject | undefined {
  const own = native?.dialect === OPENAI_RESPONSES ? native.fields : {};
  const known = effort !== undefined && efforts.has(effort) ? effort : undefined;
  const level = enabled === false ? 'none' : (known ?? (budget === undefined ? undefined : effortOfBudget(budget)));
  const reasoning = { ...defined({ effort: level }), ...(enabled ? { summary: 'auto' } : {}), ...own };
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}

/** At most 64 characters are taken; a longer one (Claude Code's is a JSON text) goes as its digest, the same each time. */
function boundedId(endUser: string): string {
  return endUser.length <= 64 ? endUser : createHash('sha256').update(endUser).digest('hex');
}
