import { mapTools } from '../../chat/map-parts.ts';
import type { ChatRequest, Tool } from '../../chat/request.ts';
import { isJsonObject, tryParseJson } from '../../http/json.ts';
import { filled, wordOf } from './read-values.ts';

/** A tool of free text goes to providers without such tools as a function with this one argument. */
export const freeTextSchema = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
} as const;

/** The free text as the arguments of that function. */
export const freeTextArguments = (input: string): string => JSON.stringify({ input });

/** The free text in the arguments of that function; arguments of any other shape are given as they are. */
export function freeTextOf(text: string): string {
  const value = tryParseJson(text);
  return isJsonObject(value) && typeof value.input === 'string' ? value.input : text;
}

/** Arguments as JSON text. Providers write none as nothing, `null`, `"null"` or an object instead of text. */
export function argumentsOrEmpty(value: unknown): string {
  if (isJsonObject(value)) return JSON.stringify(value);
  return typeof value === 'string' && value.trim() !== '' && value.trim() !== 'null' ? value : '{}';
}

/**
 * Arguments as the text of an object, for providers that want one. They are not parsed and written again, since numbers beyond
 * 2^53, `1.0`, the order of keys and a key called `__proto__` would not survive that. What is no object (an answer cut short,
 * a bare string) is wrapped in one.
 */
export function objectText(text: string): string {
  const bare = text.trim();
  if (bare === '' || bare === 'null') return '{}';
  return isJsonObject(tryParseJson(bare)) ? bare : JSON.stringify({ _raw: text });
}

/** The names of the tools of free text: in a choice of tools, OpenAI's dialects say it beside the name. */
export const customNames = (tools: readonly Tool[]): ReadonlySet<string> =>
  new Set(tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name));

/** What a tool's free text must follow. */
interface Grammar {
  syntax: string;
  definition: string;
}

/** The grammar of a tool of free text, which the two dialects that have such tools write in two forms. */
export function grammarOf({ kind, native }: Tool): Grammar | undefined {
  const format = native?.fields.format;
  if (kind !== 'custom' || !isJsonObject(format) || format.type !== 'grammar') return undefined;
  const { syntax, definition } = isJsonObject(format.grammar) ? format.grammar : format;
  const text = filled(definition);
  return text === undefined ? undefined : { syntax: wordOf(syntax), definition: text };
}

/** A tool's description, with the grammar that no other field can hold: the model can be asked to keep to it. */
export function describedWithGrammar(tool: Tool): string | undefined {
  const grammar = grammarOf(tool);
  if (!grammar) return tool.description;
  const rule = `The input must follow this ${grammar.syntax} grammar:\n${grammar.definition}`;
  return [tool.description, rule].filter(Boolean).join('\n\n');
}

/** The request with its tools of free text as functions of one argument, and their names, for the way back. */
export function withoutCustomTools(request: ChatRequest): { request: ChatRequest; customTools?: ReadonlySet<string> } {
  const { tools = [], toolChoice, messages } = request;
  const custom = tools.filter(({ kind }) => kind === 'custom');
  const changed: ChatRequest = { ...request, messages: messages.map((message) => mapTools(message, asFunctions)) };
  if (custom.length === 0) return { request: changed };
  changed.tools = tools.map((tool): Tool => {
    if (tool.kind !== 'custom') return tool;
    const description = describedWithGrammar(tool);
    return {
      kind: 'function',
      name: tool.name,
      schema: { ...freeTextSchema },
      ...(description ? { description } : {}),
    };
  });
  if (toolChoice?.type === 'tool' && toolChoice.kind === 'custom') {
    changed.toolChoice = { type: 'tool', name: toolChoice.name };
  }
  return { request: changed, customTools: new Set(custom.map(({ name }) => name)) };
}

const asFunctions: Parameters<typeof mapTools>[1] = {
  call({ kind, ...call }) {
    return kind === 'custom' ? { ...call, arguments: freeTextArguments(call.arguments) } : call;
  },
  result: (result) => result,
};
