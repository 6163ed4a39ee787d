import type { Message, ResultPart, TextPart, ToolResult, UserPart } from '../../../../chat/request.ts';
import { GatewayError } from '../../../../errors.ts';
import type { JsonObject } from '../../../../http/json.ts';
import { filled } from '../../../kit/read-values.ts';
import type { WireContent, WirePart } from '../wire.ts';
import { readMedia } from './media.ts';
import { type MadeCall, modelReader } from './model.ts';
import { nativePart } from './native-part.ts';

/** The texts of an instruction. */
export const readTexts = (parts: readonly WirePart[]): TextPart[] =>
  parts.flatMap(({ text }) => (text ? [{ type: 'text', text }] : []));

/**
 * The conversation. Neighbouring contents of the model are one message: a stream's pieces come back so. Calls and results may have no
 * ids: then a result goes to the first call of its name that has none yet, and both get an id by the call's place.
 */
export function readContents(contents: readonly WireContent[]): Message[] {
  const messages: Message[] = [];
  let model: ReturnType<typeof modelReader> | undefined;
  let calls = openCalls([]);

  function endModel(): void {
    if (!model) return;
    const { parts, made } = model.end();
    if (parts.length > 0) messages.push({ role: 'assistant', parts });
    calls = openCalls(made);
    model = undefined;
  }

  contents.forEach(({ role, parts }, position) => {
    const placed = (parts ?? []).map((part, index) => ({ part, at: `contents[${position}].parts[${index}]` }));
    if (role === 'model') {
      model ??= modelReader();
      for (const [index, { part, at }] of placed.entries()) model.read(part, at, `call_${position}_${index}`);
      return;
    }
    endModel();
    const results = placed.flatMap(({ part, at }) => (part.functionResponse ? [readResult(part, at, calls)] : []));
    const said = placed.flatMap(({ part, at }) => (part.functionResponse ? [] : readUserPart(part, at)));
    if (results.length > 0) messages.push({ role: 'tool', results });
    if (said.length > 0 || results.length === 0) messages.push({ role: 'user', parts: said });
  });
  endModel();
  return messages;
}

function readUserPart(part: WirePart, at: string): UserPart[] {
  const media = readMedia(part, at);
  if (media) return [media];
  if (typeof part.text === 'string') return [{ type: 'text', text: part.text }];
  return [nativePart(part)];
}

function readResult({ functionResponse }: WirePart, at: string, calls: OpenCalls): ToolResult {
  const { id, name, response, parts } = functionResponse!;
  const call = calls.callOf({ id: filled(id), name });
  if (call) call.isAnswered = true;
  const media = (parts ?? []).map((part, index): ResultPart => {
    const read = readMedia(part, `${at}.functionResponse.parts[${index}]`);
    if (read && read.type !== 'audio') return read;
    throw new GatewayError('invalid_request', `${at}.functionResponse.parts[${index}]: expected an image or a file.`, {
      param: `${at}.functionResponse.parts[${index}]`,
    });
  });
  const said = textOfResponse(response ?? {});
  return {
    callId: call?.id ?? filled(id) ?? `call_${name}`,
    name,
    parts: [{ type: 'text', text: said.text }, ...media],
    ...(said.isError ? { isError: true } : {}),
  };
}

type OpenCalls = ReturnType<typeof openCalls>;

/** The calls of a turn by id and by name, so that no result looks through all of them. */
function openCalls(made: readonly MadeCall[]) {
  const byId = new Map<string, MadeCall>();
  /** The calls of a name, the last one first. */
  const byName = new Map<string, MadeCall[]>();
  for (const call of made.toReversed()) {
    byId.set(call.id, call);
    const others = byName.get(call.name);
    if (others) others.push(call);
    else byName.set(call.name, [call]);
  }
  return {
    callOf({ id, name }: { id: string | undefined; name: string }): MadeCall | undefined {
      const byItsId = id === undefined ? undefined : byId.get(id);
      if (byItsId) return byItsId;
      const open = byName.get(name) ?? [];
      while (open.at(-1)?.isAnswered) open.pop();
      return open.at(-1);
    },
  };
}

/** An object is what Google wants; clients wrap a plain text in one under these names. */
function textOfResponse(response: JsonObject): { text: string; isError: boolean } {
  const [name, ...others] = Object.keys(response);
  const value = name === undefined ? undefined : response[name];
  const isWrapped = others.length === 0 && ['output', 'result', 'content', 'error'].includes(name ?? '');
  if (!isWrapped) return { text: JSON.stringify(response), isError: false };
  return { text: typeof value === 'string' ? value : JSON.stringify(value), isError: name === 'error' };
}
