import type {
  AssistantPart,
  ChatRequest,
  Message,
  Native,
  NativePart,
  ResultPart,
  TextPart,
  Tool,
  ToolChoice,
  UserPart,
} from '../chat/request.ts';
import { GatewayError } from '../errors.ts';
import type { DialectTarget, ProviderDialect } from './dialect.ts';
import { unsupportedValue } from './kit/refusals.ts';

interface FitTarget extends DialectTarget {
  provider: { dialect: Pick<ProviderDialect, 'name' | 'takesHosted' | 'takesOwn'> };
}

/**
 * The request without what only another vendor knows: tools that its provider would have to run, and their traces in the
 * history. What was left out is named. A tool that the answer must use is never left out: that is `invalid_request`.
 */
export function fitted(request: ChatRequest, target: FitTarget): { request: ChatRequest; dropped: string[] } {
  const isForeignTool = (tool: Tool): boolean => tool.kind === 'native' && !isTaken(tool, request, target);
  const isForeignPart = (part: { type: string }): boolean =>
    part.type === 'native' && !isOwn((part as NativePart).native, target);
  const foreign = request.tools?.filter(isForeignTool) ?? [];
  const lost = new Set<string>();
  const messages = request.messages.some((message) => message.role !== 'system' && holdsPart(message, isForeignPart))
    ? request.messages.flatMap((message) => withoutForeign(message, isForeignPart, lost))
    : request.messages;
  if (foreign.length === 0 && messages === request.messages) return { request, dropped: [] };
  const left = foreign.length === 0 ? request : withoutTools(request, foreign);
  return { request: { ...left, messages }, dropped: [...new Set(foreign.map(nameOf)), ...lost] };
}

/** Whether the target has all tools that the answer must use: the request without those it has not is refused. */
export function fits(request: ChatRequest, target: FitTarget): boolean {
  if (!request.tools?.some(({ kind }) => kind === 'native')) return true;
  try {
    fitted(request, target);
    return true;
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.kind === 'invalid_request') return false;
    throw thrown;
  }
}

/** Whether it is of the target's dialect, and the target takes it. */
const isOwn = ({ dialect, fields }: Native, target: FitTarget): boolean =>
  dialect === target.provider.dialect.name && (target.provider.dialect.takesOwn?.(fields, target) ?? true);

/** The name under which a tool is reported that was left out. */
const nameOf = ({ name }: Tool): string => `tools.${name}`;

function isTaken({ native, hosted }: Tool, request: ChatRequest, target: FitTarget): boolean {
  const { name, takesHosted } = target.provider.dialect;
  if (native?.dialect === name) return isOwn(native, target);
  return hosted !== undefined && (takesHosted?.(hosted, request, target) ?? false);
}

function withoutTools(request: ChatRequest, foreign: readonly Tool[]): ChatRequest {
  const must = foreign.find(({ required }) => required);
  if (must) throw unsupportedValue(must.name, `knows no '${must.name}'`);
  const gone = new Set(foreign);
  const left = request.tools!.filter((tool) => !gone.has(tool));
  const { tools: _, toolChoice: asked, parallelToolCalls, ...bare } = request;
  const choice = asked && choiceAmong(asked, left, foreign);
  if (left.length === 0) return bare;
  return {
    ...bare,
    tools: left,
    ...(choice ? { toolChoice: choice } : {}),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
  };
}

function choiceAmong(choice: ToolChoice, left: readonly Tool[], foreign: readonly Tool[]): ToolChoice {
  const lacking = (tool: Tool) =>
    unsupportedValue('tool_choice', `has no tool of type '${tool.native?.fields.type ?? tool.name}'`);
  if (choice.type === 'tool') {
    const gone = foreign.find(({ name }) => name === choice.name);
    if (gone && !left.some(({ name }) => name === choice.name)) throw lacking(gone);
    return choice;
  }
  if (choice.type === 'required' && left.length === 0) throw lacking(foreign[0]!);
  if (choice.type !== 'allowed') return choice;
  const there = new Set(left.map(({ name }) => name));
  const names = choice.names.filter((name) => there.has(name));
  const asked = new Set(choice.names);
  const gone = foreign.find(({ name }) => asked.has(name));
  if (names.length > 0 || !gone) return { ...choice, names };
  if (choice.mode === 'required') throw lacking(gone);
  return { type: 'none' };
}

const holdsPart = (message: Message, isIt: (part: { type: string }) => boolean): boolean =>
  message.role === 'tool' ? message.results.some(({ parts }) => parts.some(isIt)) : message.parts.some(isIt);

/** A message of which nothing is left goes: an empty one is refused by many. */
function withoutForeign(
  message: Message,
  isForeign: (part: { type: string }) => boolean,
  lost: Set<string>,
): Message[] {
  if (message.role === 'system' || !holdsPart(message, isForeign)) return [message];
  function instead<Part extends UserPart | AssistantPart | ResultPart>(part: Part): (Part | TextPart)[] {
    if (!isForeign(part)) return [part];
    const { instead: others, lostAs } = part as NativePart;
    // Refused by name in the dialect, which knows its place.
    if (!others) return [part];
    if (others.length === 0 && lostAs !== undefined) lost.add(lostAs);
    return others as (Part | TextPart)[];
  }
  if (message.role === 'tool') {
    return [
      { ...message, results: message.results.map((result) => ({ ...result, parts: result.parts.flatMap(instead) })) },
    ];
  }
  const parts = (message.parts as (UserPart | AssistantPart)[]).flatMap(instead);
  return parts.length === 0 ? [] : [{ ...message, parts } as Message];
}
