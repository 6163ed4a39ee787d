import { defined } from '../../../chat/defined.ts';
import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type {
  AnswerFormat,
  AssistantMessage,
  ChatRequest,
  Message,
  ResultPart,
  ThinkingPart,
  Tool,
  ToolCallPart,
  ToolChoice,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { editedFields, lostFilters } from '../../kit/field-edits.ts';
import { typeOfPart, unsupportedContent, unsupportedTool } from '../../kit/refusals.ts';
import { customNames, grammarOf, withoutCustomTools } from '../../kit/tool-arguments.ts';
import { plainNames, withLegalToolNames } from '../../kit/tool-names.ts';
import type { Traits } from '../../traits.ts';
import { OPENAI_CHAT, writeExtraContent } from '../names.ts';
import { writePart } from '../parts.ts';
import { chatFieldEdits, checkChoices } from './fields.ts';
import { type WrittenSearch, writeSearch } from './hosted-tools.ts';
import { writeReasoning } from './reasoning.ts';

/** OpenAI's own bound on the names of tools. */
const NAMES = plainNames(64);

/** Writes a request for a provider of this dialect. Refuses, naming the part, what it has no form for. */
export function writeRequest(asked: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  checkChoices(asked.choices ?? 1, traits);
  const { request: named, toolNames } = withLegalToolNames(asked, NAMES);
  const { request, customTools } =
    traits.customTools === 'native' ? { request: named, customTools: undefined } : withoutCustomTools(named);
  const messages = repairToolChain(request.messages);
  const { dialect, fields: native = {} } = request.native ?? {};
  const own = dialect === OPENAI_CHAT ? native : {};
  const foreign = dialect === OPENAI_CHAT ? [] : Object.keys(native);
  const search = writeSearch(request, traits);
  const tools = [...search.others.map(writeTool), ...search.tools];
  const searched = request.tools?.some(({ hosted }) => hosted?.type === 'web-search') || undefined;
  const reasoning = writeReasoning(request.reasoning, model, traits);
  const body: JsonObject = {
    model,
    messages: messages.flatMap((message, position) => writeMessage(message, position, traits)),
    ...defined({
      max_completion_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      frequency_penalty: request.frequencyPenalty,
      presence_penalty: request.presencePenalty,
      seed: request.seed,
      stop: request.stop,
      n: request.choices,
      ...(request.logprobs ? { logprobs: true, top_logprobs: request.logprobs.top || undefined } : {}),
      tools: tools.length > 0 || request.tools?.length === 0 ? tools : undefined,
      tool_choice: request.toolChoice && writeToolChoice(request.toolChoice, search),
      parallel_tool_calls: request.parallelToolCalls,
      response_format: request.format && writeFormat(request.format),
      user: request.endUser,
      service_tier: request.serviceTier,
    }),
    ...reasoning.fields,
    ...search.fields,
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...own,
  };
  const edits = chatFieldEdits(Object.keys(body), traits);
  return {
    headers: {},
    body: encodeText(JSON.stringify(editedFields(body, edits))),
    dropped: [
      ...edits.dropped,
      ...foreign,
      ...reasoning.dropped,
      ...lostFilters(request.tools, {
        dialect: OPENAI_CHAT,
        takes: traits.webSearch === 'tool' ? ['allowedDomains', 'blockedDomains'] : [],
      }),
    ],
    ...(toolNames || customTools || searched ? { memo: defined({ toolNames, customTools, searched }) } : {}),
  };
}

function writeMessage(message: Message, position: number, traits: Traits): JsonObject[] {
  const name = 'name' in message && message.name ? { name: message.name } : {};
  switch (message.role) {
    case 'system': {
      const role = message.variant === 'developer' && !traits.developerAsSystem ? 'developer' : 'system';
      return [{ role, content: writeContent(message.parts, position, traits), ...name }];
    }
    case 'user':
      return [{ role: 'user', content: writeContent(message.parts, position, traits), ...name }];
    case 'assistant':
      return [{ ...writeAssistant(message, position, traits), ...name }];
    case 'tool':
      return writeResults(message.results, position, traits);
  }
}

/**
 * One plain text stays a string: some providers know no list of parts. Cache marks are no part of OpenAI's dialect, and providers that
 * check their fields refuse them.
 */
function writeContent(parts: readonly UserPart[], position: number, traits: Traits): string | JsonObject[] {
  const takesMarks = traits.cacheMarks === 'keep';
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.type === 'text' && !(takesMarks && only.cache)) return only.text;
  return parts.map((part, index) => {
    const written = writePart(part, takesMarks);
    if (written) return written;
    throw unsupportedContent(typeOfPart(part), `messages[${position}].content[${index}]`);
  });
}

function writeAssistant(message: AssistantMessage, position: number, traits: Traits): JsonObject {
  const said = message.parts.filter((part) => part.type === 'text' || part.type === 'native');
  const refusal = message.parts.find((part) => part.type === 'refusal');
  const calls = message.parts.filter((part) => part.type === 'tool-call');
  const legacy = calls.find((call) => call.legacy);
  const thinking = traits.thinkingHistory === 'strip' ? [] : message.parts.filter((part) => part.type === 'thinking');
  return {
    role: 'assistant',
    content: said.length === 0 ? null : writeContent(said, position, traits),
    ...(refusal ? { refusal: refusal.text } : {}),
    ...writeThinking(thinking),
    ...(legacy ? { function_call: { name: legacy.name, arguments: legacy.arguments } } : {}),
    ...(calls.length > 0 && !legacy ? { tool_calls: calls.map(writeCall) } : {}),
  };
}

function writeThinking(thinking: ThinkingPart[]): JsonObject {
  const text = thinking.map((part) => part.text).join('');
  return text === '' ? {} : { reasoning_content: text };
}

function writeCall({ id, name, arguments: text, kind, signature }: ToolCallPart): JsonObject {
  const extra = signature ? { extra_content: writeExtraContent(signature) } : {};
  if (kind === 'custom') return { id, type: 'custom', custom: { name, input: text }, ...extra };
  return { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text }, ...extra };
}

/** All results first, then what they showed: a result is text here, its images follow in a message of the user's. */
function writeResults(results: ToolResult[], position: number, traits: Traits): JsonObject[] {
  const shown = results.flatMap((result) => result.parts.filter(isShown));
  const messages = results.map((result) => {
    const content = resultText(result);
    if (result.legacy) return { role: 'function', name: result.name ?? result.callId, content };
    return { role: 'tool', tool_call_id: result.callId, content };
  });
  return shown.length === 0
    ? messages
    : [...messages, { role: 'user', content: writeContent(shown, position, traits) }];
}

const isShown = (part: ResultPart): boolean => part.type === 'image' || part.type === 'file';

function resultText({ parts, isError }: ToolResult): string {
  const texts = parts.flatMap((part) => {
    if (part.type === 'text') return [part.text];
    return isShown(part) ? [`[${part.type} returned, see next message]`] : [];
  });
  return isError ? `Error: ${texts.join('\n')}` : texts.join('\n');
}

function writeTool(tool: Tool, index: number): JsonObject {
  const { name, description, schema, strict, native } = tool;
  const own = native?.dialect === OPENAI_CHAT ? native.fields : undefined;
  if (tool.kind === 'custom') {
    const grammar = own ? undefined : grammarOf(tool);
    const format = grammar ? { format: { type: 'grammar', grammar } } : {};
    return { type: 'custom', custom: { name, ...defined({ description }), ...own, ...format } };
  }
  if (tool.kind === 'function') {
    const parameters = schema ?? { type: 'object', properties: {} };
    return { type: 'function', function: { name, ...defined({ description }), parameters, ...defined({ strict }) } };
  }
  if (own) return own;
  throw unsupportedTool(name, `tools[${index}]`);
}

function writeToolChoice(choice: ToolChoice, { others }: WrittenSearch): unknown {
  // The search is asked for elsewhere.
  if (choice.type === 'tool' && choice.kind === 'native') return undefined;
  const custom = customNames(others);
  const typed = (name: string): JsonObject =>
    custom.has(name) ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
  if (choice.type === 'tool') return typed(choice.name);
  if (choice.type !== 'allowed') return choice.type;
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(typed) } };
}

function writeFormat(format: AnswerFormat): JsonObject {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, ...defined({ description, schema, strict }) } };
}
