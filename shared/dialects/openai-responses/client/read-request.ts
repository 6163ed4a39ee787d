import { defined } from '../../../chat/defined.ts';
import type { AnswerFormat, ChatRequest, Message, Reasoning, Tool, ToolChoice } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { checked } from '../../kit/checked.ts';
import { asksForSummary, asSummaryRequest, withoutTrigger } from '../compaction.ts';
import { OPENAI_RESPONSES } from '../names.ts';
import { readItems } from '../read-items.ts';
import { type ToolNames, toolNames } from '../tool-names.ts';
import { type WireRequest, type WireTool, wireRequest } from '../wire.ts';
import { hostedOf } from './hosted-tools.ts';

/** Fields the hub has a word for, or that ask for nothing here; all others stay as `native`. */
const hubFields = new Set(
  [
    'model input instructions stream stream_options max_output_tokens temperature top_p top_logprobs tools tool_choice',
    'parallel_tool_calls reasoning user safety_identifier service_tier previous_response_id conversation background prompt',
  ].flatMap((line) => line.split(' ')),
);

const LOGPROBS = 'message.output_text.logprobs';

/** Reads a request that `glance` has let pass. */
export function readRequest(body: JsonObject): ChatRequest {
  const request = readAsked(body);
  return asksForSummary(body) ? asSummaryRequest(request) : request;
}

function readAsked(body: JsonObject): ChatRequest {
  const wire = checked(wireRequest, body);
  const names = toolNames(body);
  const tools = (names.definitions as WireTool[]).map(readTool);
  const fields = nativeFields(body, wire);
  return {
    model: wire.model,
    messages: readMessages(wire, names),
    stream: wire.stream ?? false,
    streamUsage: true,
    ...defined({
      maxTokens: wire.max_output_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      logprobs: readLogprobs(wire),
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: tools.length === 0 ? undefined : readToolChoice(wire.tool_choice, names),
      parallelToolCalls: tools.length === 0 ? undefined : wire.parallel_tool_calls,
      format: readFormat(wire.text),
      reasoning: readReasoning(wire.reasoning),
      endUser: wire.safety_identifier ?? wire.user,
      serviceTier: wire.service_tier,
      native: Object.keys(fields).length === 0 ? undefined : { dialect: OPENAI_RESPONSES, fields },
    }),
  };
}

/** What is left of `text` and `include` once the hub has taken its share stays native too. */
function nativeFields(body: JsonObject, { text, include }: WireRequest): JsonObject {
  const rest = Object.entries(body).filter(([name]) => !hubFields.has(name) && name !== 'text' && name !== 'include');
  const { format: _, ...ofText } = text ?? {};
  const included = (include ?? []).filter((name) => name !== LOGPROBS);
  return {
    ...Object.fromEntries(rest.filter(([, value]) => value != null)),
    ...(Object.values(ofText).some((value) => value != null) ? { text: ofText } : {}),
    ...(included.length === 0 ? {} : { include: included }),
  };
}

function readMessages({ instructions, input }: WireRequest, names: ToolNames): Message[] {
  const opening: Message[] = instructions ? [{ role: 'system', parts: [{ type: 'text', text: instructions }] }] : [];
  if (typeof input !== 'string') return [...opening, ...readItems(withoutTrigger(input), names)];
  return [...opening, { role: 'user', parts: [{ type: 'text', text: input }] }];
}

function readLogprobs({ top_logprobs: top, include }: WireRequest): { top: number } | undefined {
  return top || include?.includes(LOGPROBS) ? { top: top ?? 0 } : undefined;
}

function readTool(tool: WireTool): Tool {
  const { type, name, description, ...fields } = tool;
  const described = typeof description === 'string' ? { description } : {};
  if (type === 'function') {
    const { parameters, strict } = tool as Extract<WireTool, { parameters?: unknown }> & WireFunction;
    return { kind: 'function', name: String(name), ...described, ...defined({ schema: parameters, strict }) };
  }
  if (type === 'custom') {
    return { kind: 'custom', name: String(name), ...described, native: { dialect: OPENAI_RESPONSES, fields } };
  }
  const native = { dialect: OPENAI_RESPONSES, fields: tool };
  return { kind: 'native', name: type, native, ...defined({ hosted: hostedOf(tool) }) };
}

interface WireFunction {
  parameters?: JsonObject | null;
  strict?: boolean | null;
}

/** A tool that the provider runs is chosen by its type alone. */
function readToolChoice(choice: WireRequest['tool_choice'], names: ToolNames): ToolChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') return { type: choice };
  const { type, mode, tools } = choice;
  if (type === 'function') return { type: 'tool', name: chosenName(choice, names) };
  if (type === 'custom') return { type: 'tool', name: chosenName(choice, names), kind: 'custom' };
  if (type === 'allowed_tools') {
    const allowed = new Set<string>();
    const groups = new Set<unknown>();
    for (const tool of tools as JsonObject[]) {
      if (tool.type !== 'namespace') allowed.add(chosenName(tool, names));
      else groups.add(tool.name);
    }
    for (const group of groups) for (const name of names.groupOf(String(group))) allowed.add(name);
    return { type: 'allowed', mode: mode === 'required' ? 'required' : 'auto', names: [...allowed] };
  }
  return { type: 'tool', name: String(type), kind: 'native' };
}

function chosenName({ type, name, namespace }: JsonObject, names: ToolNames): string {
  const isOwn = type === 'function' || type === 'custom' || type === undefined;
  return isOwn || typeof type !== 'string' ? names.hubName({ name: String(name), namespace }) : type;
}

function readFormat(text: WireRequest['text']): AnswerFormat | undefined {
  const format = text?.format;
  if (format == null) return undefined;
  if (format.type !== 'json_schema') return { type: format.type === 'text' ? 'text' : 'json' };
  const { name, description, schema, strict } = format as Extract<typeof format, { type: 'json_schema' }>;
  return { type: 'json-schema', name: String(name), ...defined({ description, schema, strict }) };
}

function readReasoning(reasoning: WireRequest['reasoning']): Reasoning | undefined {
  if (reasoning == null) return undefined;
  const { effort, ...rest } = reasoning;
  const fields = defined(rest);
  return {
    ...defined({ effort }),
    ...(Object.keys(fields).length === 0 ? {} : { native: { dialect: OPENAI_RESPONSES, fields } }),
  };
}
