import { createHash } from 'node:crypto';
import { callsOf, mapTools } from '../../chat/map-parts.ts';
import type { ChatRequest, Message, ToolCallPart, ToolChoice } from '../../chat/request.ts';
import type { TranslationMemo } from '../dialect.ts';

/** Which names a vendor takes. */
export interface NameRule {
  /** Matches a legal name as a whole. */
  legal: RegExp;
  /** Characters that must be replaced. */
  illegal: RegExp;
  /** Most characters. */
  most: number;
}

/** Letters, digits, `_` and `-`: Anthropic (128) and Bedrock (64). */
export const plainNames = (most: number): NameRule => ({
  legal: new RegExp(`^[a-zA-Z0-9_-]{1,${most}}$`),
  illegal: /[^a-zA-Z0-9_-]/g,
  most,
});

/**
 * A legal name for any name. A legal one stays; another keeps its tail, where long names differ, and is made unique by a
 * digest of the whole. It depends on the name alone, so that the same conversation is always written the same way.
 */
export function legalName(name: string, { legal, illegal, most }: NameRule): string {
  if (legal.test(name)) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const plain = name.replace(illegal, '_').slice(-(most - digest.length - 2));
  return /^[a-zA-Z_]/.test(plain) ? `${plain}_${digest}` : `_${plain.slice(1)}_${digest}`;
}

/**
 * The request with every tool name legal (tools, choice, calls and results in the history), and what the answer's names must be
 * turned back to: `toolNames` for `TranslationMemo`, undefined where nothing changed.
 */
export function withLegalToolNames(
  request: ChatRequest,
  rule: NameRule,
): { request: ChatRequest; toolNames: NonNullable<TranslationMemo['toolNames']> | undefined } {
  const changed = namesOf(request).filter((name) => !rule.legal.test(name));
  if (changed.length === 0) return { request, toolNames: undefined };
  const sent = new Map(changed.map((name) => [name, legalName(name, rule)]));
  const rename = (name: string): string => sent.get(name) ?? name;
  const { tools, toolChoice } = request;
  const renamed: ChatRequest = { ...request, messages: request.messages.map((message) => renameIn(message, rename)) };
  if (tools) {
    renamed.tools = tools.map((tool) => (tool.kind === 'native' ? tool : { ...tool, name: rename(tool.name) }));
  }
  if (toolChoice?.type === 'tool') renamed.toolChoice = { ...toolChoice, name: rename(toolChoice.name) };
  if (toolChoice?.type === 'allowed') renamed.toolChoice = { ...toolChoice, names: toolChoice.names.map(rename) };
  return { request: renamed, toolNames: new Map([...sent].map(([own, legal]) => [legal, own])) };
}

function namesOf({ tools = [], messages }: ChatRequest): string[] {
  const defined = tools.filter(({ kind }) => kind !== 'native').map(({ name }) => name);
  const called = messages.flatMap(callsOf).map(({ name }) => name);
  return [...new Set([...defined, ...called])];
}

function renameIn(message: Message, rename: (name: string) => string): Message {
  return mapTools(message, {
    call: (part) => ({ ...part, name: rename(part.name) }),
    result: (result) => (result.name === undefined ? result : { ...result, name: rename(result.name) }),
  });
}

/**
 * The messages with tool call ids that are legal and used once: providers give `functions.Bash:0`, empty ids, or the same id
 * in turn after turn. To be used after `repairToolChain`, since results are matched to calls by their place: results
 * stand directly after their calls and in their order. Only the history has these ids, nothing must be undone in the answer.
 */
export function withLegalToolIds(messages: readonly Message[], rule: NameRule): Message[] {
  const used = new Set<string>();
  /** How often an id was met: the same one may stand in every turn, and is not to be counted from the start each time. */
  const times = new Map<string, number>();
  let open: string[] = [];

  function idOf({ id }: ToolCallPart): string {
    let again = times.get(id) ?? 0;
    let legal = again === 0 ? legalName(id, rule) : legalName(`${id} ${again}`, rule);
    while (used.has(legal)) {
      again += 1;
      legal = legalName(`${id} ${again}`, rule);
    }
    times.set(id, again + 1);
    used.add(legal);
    return legal;
  }

  return messages.map((message) => {
    if (message.role === 'assistant') open = [];
    return mapTools(message, {
      call(part) {
        const id = idOf(part);
        open.push(id);
        return id === part.id ? part : { ...part, id };
      },
      result: (result, position) => ({ ...result, callId: open[position] ?? result.callId }),
    });
  });
}

/** A name in the answer as the caller knows it. */
export const callersName = (name: string, memo: TranslationMemo | undefined): string =>
  memo?.toolNames?.get(name) ?? name;

/** Whether a tool is among those that may be chosen. */
export function isAmongChosen(choice: ToolChoice | undefined): (tool: { name: string }) => boolean {
  const names = choice?.type === 'allowed' ? new Set(choice.names) : undefined;
  return ({ name }) => !names || names.has(name);
}
