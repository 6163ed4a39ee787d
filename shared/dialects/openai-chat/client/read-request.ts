import { defined } from '../../../chat/defined.ts';
import { pushAll } from '../../../chat/push-all.ts';
import type {
  AnswerFormat,
  AssistantPart,
  ChatRequest,
  Message,
  SystemMessage,
  TextPart,
  Tool,
  ToolChoice,
  ToolMessage,
  UserPart,
} from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { checkedInPlace } from '../../kit/checked.ts';
import { OPENAI_CHAT, readExtraContent } from '../names.ts';
import { readPart } from '../parts.ts';
import { type WireJsonSchema, type WireMessage, type WireRequest, type WireTool, wireRequest } from '../wire.ts';
import { readSearch } from './hosted-tools.ts';

/** Fields the hub has a word for; all others stay as `native`. */
const hubFields = new Set(
  [
    'model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k frequency_penalty',
    'presence_penalty seed stop n logprobs top_logprobs tools tool_choice functions function_call parallel_tool_calls',
    'response_format reasoning_effort user safety_identifier service_tier web_search_options',
  ].flatMap((line) => line.split(' ')),
);

/** Reads a request that `glance` has let pass. */
export function readRequest(body: JsonObject): ChatRequest {
  const wire = checkedInPlace(wireRequest, body);
  const tools = [
    ...(wire.tools ?? []).map(readTool),
    ...(wire.functions ?? []).map(readFunction),
    ...readSearch(body.web_search_options),
  ];
  const called = tools.filter(({ required }) => !required);
  const rest = Object.entries(body).filter(([name]) => !hubFields.has(name));
  return {
    model: wire.model,
    messages: readMessages(wire.messages),
    stream: wire.stream ?? false,
    ...defined({
      streamUsage: wire.stream_options?.include_usage,
      maxTokens: wire.max_completion_tokens ?? wire.max_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      topK: wire.top_k,
      frequencyPenalty: wire.frequency_penalty,
      presencePenalty: wire.presence_penalty,
      seed: wire.seed,
      stop: readStop(wire.stop),
      choices: wire.n,
      logprobs: wire.logprobs ? { top: wire.top_logprobs ?? 0 } : undefined,
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: called.length === 0 ? undefined : readToolChoice(wire),
      parallelToolCalls: called.length === 0 ? undefined : wire.parallel_tool_calls,
      format: readFormat(wire.response_format),
      reasoning: wire.reasoning_effort == null ? undefined : { effort: wire.reasoning_effort },
      endUser: wire.safety_identifier ?? wire.user,
      serviceTier: wire.service_tier,
      native: rest.length === 0 ? undefined : { dialect: OPENAI_CHAT, fields: Object.fromEntries(rest) },
    }),
  };
}

function readStop(stop: WireRequest['stop']): string[] | undefined {
  const list = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((text) => text !== '');
  return list.length === 0 ? undefined : list;
}

/** Tool results that follow one another are one message of the hub. */
function readMessages(messages: WireMessage[]): Message[] {
  const read: Message[] = [];
  for (const [position, message] of messages.entries()) {
    const next = readMessage(message, `messages[${position}]`);
    const last = read.at(-1);
    if (next.role === 'tool' && last?.role === 'tool') pushAll(last.results, next.results);
    else read.push(next);
  }
  return read;
}

function readMessage(message: WireMessage, at: string): Message {
  const name = typeof message.name === 'string' && message.name !== '' ? { name: message.name } : {};
  switch (message.role) {
    case 'system':
    case 'developer': {
      const system: SystemMessage = { role: 'system', parts: readTexts(message.content, at), ...name };
      return message.role === 'developer' ? { ...system, variant: 'developer' } : system;
    }
    case 'user':
      return { role: 'user', parts: readParts(message.content, at), ...name };
    case 'assistant':
      return { role: 'assistant', parts: readAssistant(message, at), ...name };
    case 'tool':
      return { role: 'tool', results: [{ callId: message.tool_call_id, parts: readResult(message.content, at) }] };
    case 'function':
      return {
        role: 'tool',
        results: [
          { callId: message.name, name: message.name, parts: readResult(message.content ?? '', at), legacy: true },
        ],
      };
  }
}

type Content = Extract<WireMessage, { role: 'user' }>['content'];

const readParts = (content: Content, at: string): UserPart[] =>
  typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : content.map((part, index) => readPart(part, `${at}.content[${index}]`));

/** Instructions and results are text; another part among them is kept for its own dialect or refused by others. */
const readTexts = (content: Content, at: string): TextPart[] =>
  readParts(content, at).filter((part) => part.type === 'text');

const readResult = (content: Content, at: string): ToolMessage['results'][number]['parts'] =>
  readParts(content, at).filter((part) => part.type !== 'audio');

function readAssistant(message: Extract<WireMessage, { role: 'assistant' }>, at: string): AssistantPart[] {
  const parts: AssistantPart[] = [...readThinking(message)];
  const { content } = message;
  if (typeof content === 'string') parts.push({ type: 'text', text: content });
  else
    pushAll(
      parts,
      (content ?? []).flatMap((part, index) => readAssistantPart(part, `${at}.content[${index}]`)),
    );
  if (message.refusal) parts.push({ type: 'refusal', text: message.refusal });
  for (const call of message.tool_calls ?? []) {
    const signature = readExtraContent(call.extra_content);
    const custom = call.custom ? { kind: 'custom' as const } : {};
    const name = call.function?.name ?? call.custom?.name ?? '';
    const text = call.function?.arguments ?? call.custom?.input ?? '';
    parts.push({
      type: 'tool-call',
      id: call.id,
      name,
      arguments: text,
      ...custom,
      ...(signature ? { signature } : {}),
    });
  }
  if (message.function_call) {
    const { name, arguments: text } = message.function_call;
    parts.push({ type: 'tool-call', id: name, name, arguments: text ?? '', legacy: true });
  }
  return parts;
}

function readThinking(message: Extract<WireMessage, { role: 'assistant' }>): AssistantPart[] {
  if (!message.thinking_blocks?.length) {
    return message.reasoning_content ? [{ type: 'thinking', text: message.reasoning_content }] : [];
  }
  return message.thinking_blocks.map((block) => {
    const value = block.signature ?? block.data;
    const issuer = typeof block.issuer === 'string' ? block.issuer : 'anthropic';
    return {
      type: 'thinking',
      text: block.thinking ?? '',
      ...(value ? { signature: { issuer, value } } : {}),
      ...(block.type === 'redacted_thinking' ? { redacted: true } : {}),
    };
  });
}

function readAssistantPart(part: Exclude<Content, string>[number], at: string): AssistantPart[] {
  if (part.type === 'refusal') return [{ type: 'refusal', text: String(part.refusal) }];
  const read = readPart(part, at);
  return read.type === 'file' ? [] : [read];
}

function readTool(tool: WireTool): Tool {
  if (isFunctionTool(tool)) return readFunction(tool.function);
  if (isCustomTool(tool)) {
    const { name, description, ...fields } = tool.custom;
    return { kind: 'custom', name, ...defined({ description }), native: { dialect: OPENAI_CHAT, fields } };
  }
  return { kind: 'native', name: tool.type, native: { dialect: OPENAI_CHAT, fields: tool } };
}

const isFunctionTool = (tool: WireTool): tool is Extract<WireTool, { type: 'function' }> => tool.type === 'function';
const isCustomTool = (tool: WireTool): tool is Extract<WireTool, { type: 'custom' }> => tool.type === 'custom';

function readFunction(fields: JsonObject & { name: string }): Tool {
  const { name, description, parameters, strict } = fields;
  return {
    kind: 'function',
    name,
    ...defined({
      description: typeof description === 'string' ? description : undefined,
      schema: isJsonObject(parameters) ? parameters : undefined,
      strict: typeof strict === 'boolean' ? strict : undefined,
    }),
  };
}

function readToolChoice({ tool_choice: choice, function_call: call }: WireRequest): ToolChoice | undefined {
  if (choice == null) return readFunctionCall(call);
  if (typeof choice === 'string') return { type: choice };
  if (choice.type === 'allowed_tools') {
    return { type: 'allowed', mode: choice.allowed_tools.mode, names: choice.allowed_tools.tools.flatMap(toolName) };
  }
  if (choice.type === 'custom') return { type: 'tool', name: choice.custom.name, kind: 'custom' };
  return { type: 'tool', name: choice.function.name };
}

function readFunctionCall(call: WireRequest['function_call']): ToolChoice | undefined {
  if (call == null) return undefined;
  if (typeof call !== 'string') return { type: 'tool', name: call.name };
  return call === 'none' ? { type: 'none' } : { type: 'auto' };
}

function toolName(tool: JsonObject): string[] {
  const named = isJsonObject(tool.function) ? tool.function : isJsonObject(tool.custom) ? tool.custom : {};
  return typeof named.name === 'string' ? [named.name] : [];
}

function readFormat(format: WireRequest['response_format']): AnswerFormat | undefined {
  if (format == null) return undefined;
  if (format.type !== 'json_schema') return { type: format.type === 'text' ? 'text' : 'json' };
  const { name, description, schema, strict } = (format as WireJsonSchema).json_schema;
  return { type: 'json-schema', name, ...defined({ description, schema, strict }) };
}
