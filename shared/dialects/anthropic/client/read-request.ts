import { createHash } from 'node:crypto';
import { defined } from '../../../chat/defined.ts';
import type {
  AnswerFormat,
  ChatRequest,
  Message,
  Reasoning,
  TextPart,
  Tool,
  ToolChoice,
} from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { unsupportedTool } from '../../kit/refusals.ts';
import { checkedRequest } from '../check.ts';
import { ANTHROPIC } from '../names.ts';
import type { WireBlock, WireMessage, WireRequest, WireTool } from '../wire.ts';
import { hostedOf } from './hosted-tools.ts';
import { isToolSearch } from './read-native.ts';
import { readAssistantBlocks, readCache, readResult, readUserBlock } from './read-parts.ts';

/** Fields the hub has a word for; all others stay as `native`. */
const hubFields = new Set(
  [
    'model messages max_tokens system stream temperature top_p top_k stop_sequences tools tool_choice thinking',
    'output_config output_format metadata service_tier',
  ].flatMap((line) => line.split(' ')),
);

/** Reads a request that `glance` has let pass. */
export function readRequest(body: JsonObject): ChatRequest {
  const wire = checkedRequest(body);
  const tools = (wire.tools ?? []).flatMap(readTool);
  const leftOut = leftOutTools(wire);
  const rest = Object.entries(body).filter(([name]) => !hubFields.has(name));
  const stop = (wire.stop_sequences ?? []).filter((text) => text !== '');
  return {
    model: wire.model,
    messages: [...readSystem(wire.system), ...wire.messages.flatMap(readMessage)],
    stream: wire.stream ?? false,
    streamUsage: true,
    ...defined({
      maxTokens: wire.max_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      topK: wire.top_k,
      stop: stop.length === 0 ? undefined : stop,
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: tools.length === 0 ? undefined : readToolChoice(wire.tool_choice, tools),
      parallelToolCalls: tools.length > 0 && wire.tool_choice?.disable_parallel_tool_use ? false : undefined,
      format: readFormat(wire.output_config?.format ?? wire.output_format),
      reasoning: readReasoning(wire),
      endUser: readEndUser(wire.metadata?.user_id),
      serviceTier: wire.service_tier === 'standard_only' ? 'default' : wire.service_tier,
      leftOut: leftOut.length === 0 ? undefined : leftOut,
      native: rest.length === 0 ? undefined : { dialect: ANTHROPIC, fields: Object.fromEntries(rest) },
    }),
  };
}

function readSystem(system: WireRequest['system']): Message[] {
  const parts = readTexts(system ?? []);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** Claude Code's note to Anthropic's billing changes with each version of it: no instruction, and the end of any prompt cache. */
const isBillingNote = (text: string): boolean => text.startsWith('x-anthropic-billing-header:');

function readTexts(content: string | readonly JsonObject[]): TextPart[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return blocks.flatMap((block) => {
    if (block.type !== 'text' || typeof block.text !== 'string' || block.text === '' || isBillingNote(block.text))
      return [];
    return [{ type: 'text', text: block.text, ...readCache(block) }];
  });
}

/** A user's turn holds results of tools too; the hub keeps them apart, results first. */
function readMessage({ role, content }: WireMessage, position: number): Message[] {
  const at = `messages.${position}`;
  if (role === 'system') {
    const parts = readTexts(content);
    return parts.length === 0 ? [] : [{ role, parts }];
  }
  if (typeof content === 'string') return [{ role, parts: [{ type: 'text', text: content }] }];
  if (role === 'assistant') return [{ role, parts: readAssistantBlocks(content, `${at}.content`) }];
  const placed = content.map((block, index) => ({ block, at: `${at}.content.${index}` }));
  const results = placed.flatMap(({ block, at }) => (isResult(block) ? [readResult(block, at)] : []));
  const parts = placed.flatMap(({ block, at }) => (isResult(block) ? [] : readUserBlock(block, at)));
  const messages: Message[] = [];
  if (results.length > 0) messages.push({ role: 'tool', results });
  if (parts.length > 0 || results.length === 0) messages.push({ role: 'user', parts });
  return messages;
}

const isResult = (block: WireBlock): block is Extract<WireBlock, { type: 'tool_result' }> =>
  block.type === 'tool_result';

/**
 * A tool with a schema is the caller's own; one with a dated type is Anthropic's: run by it, or known to its models. Without the search
 * among tools, those that it would find (`defer_loading`) are ordinary ones: all are sent, so that all can be called.
 */
function readTool(tool: WireTool): Tool[] {
  const { type, name, description, input_schema: schema, strict, cache_control: _, ...rest } = tool;
  if (isToolSearch(type)) return [];
  const own = Object.keys(rest).length === 0 ? {} : { native: { dialect: ANTHROPIC, fields: rest } };
  if (type != null && type !== 'custom') {
    const native = { dialect: ANTHROPIC, fields: tool };
    return [{ kind: 'native', name: name ?? type, native, ...defined({ hosted: hostedOf(type, tool) }) }];
  }
  return [
    { kind: 'function', name: name ?? '', ...defined({ description, schema, strict }), ...readCache(tool), ...own },
  ];
}

/** Named by their types, as the caller wrote them. Refused where the model would have to use it. */
function leftOutTools({ tools, tool_choice: choice }: WireRequest): string[] {
  return (tools ?? []).flatMap(({ type, name }, index) => {
    if (!isToolSearch(type)) return [];
    if (choice?.type === 'tool' && choice.name === name) throw unsupportedTool(type!, `tools.${index}`);
    return [type!];
  });
}

function readToolChoice(choice: WireRequest['tool_choice'], tools: readonly Tool[]): ToolChoice | undefined {
  if (choice == null) return undefined;
  if (choice.type === 'tool') {
    const name = choice.name ?? '';
    const isNative = tools.some((tool) => tool.kind === 'native' && tool.name === name);
    return { type: 'tool', name, ...(isNative ? { kind: 'native' } : {}) };
  }
  return { type: choice.type === 'any' ? 'required' : choice.type };
}

function readFormat(format: NonNullable<WireRequest['output_format']> | null | undefined): AnswerFormat | undefined {
  if (format?.type !== 'json_schema' || !isJsonObject(format.schema)) return undefined;
  return { type: 'json-schema', name: 'answer', schema: format.schema, strict: true };
}

/** What is said of thinking: on or off, how many tokens, how hard. An effort means nothing where thinking is off. */
function readReasoning({ thinking, output_config: output }: WireRequest): Reasoning | undefined {
  const effort = output?.effort ?? undefined;
  if (thinking == null) return effort === undefined ? undefined : { effort };
  if (thinking.type === 'disabled') return { enabled: false };
  const { budget_tokens: budget, type: _, ...rest } = thinking;
  return {
    enabled: true,
    ...defined({ effort, budget }),
    ...(Object.keys(rest).length === 0 ? {} : { native: { dialect: ANTHROPIC, fields: rest } }),
  };
}

/** Claude Code puts device and account in it, as JSON: a digest keeps users apart and gives neither away. */
function readEndUser(id: string | null | undefined): string | undefined {
  if (!id) return undefined;
  return /^[\w.:-]{1,64}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 32);
}
