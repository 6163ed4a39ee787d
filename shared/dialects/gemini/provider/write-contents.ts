import { pushAll } from '../../../chat/push-all.ts';
import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  NativePart,
  Signature,
  SystemMessage,
  ToolCallPart,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import { systemAsReminders, type Turn, turnsOf, type UserTurn, withoutEmptyParts } from '../../../chat/turns.ts';
import { type JsonObject, jsonWith } from '../../../http/json.ts';
import { FIRST_TURN, GO_ON, userTurn } from '../../kit/prompts.ts';
import { freeTextArguments, objectText } from '../../kit/tool-arguments.ts';
import type { Traits } from '../../traits.ts';
import { ISSUER, LOST_SIGNATURE, ownId } from '../names.ts';
import { type Media, writeMedia } from './media.ts';
import type { ModelTraits } from './models.ts';

/** The instructions a conversation begins with. */
export function writeSystem(system: readonly SystemMessage[]): JsonObject | undefined {
  const parts = withoutEmptyParts(system).flatMap((message) => message.parts.map(({ text }) => ({ text })));
  return parts.length === 0 ? undefined : { parts };
}

/**
 * The conversation after its instructions, as JSON text: the user speaks first, the sides take turns, and all calls of a turn
 * are answered in the next one, in their order.
 */
export function writeContents(rest: readonly Message[], modelTraits: ModelTraits, traits: Traits): string {
  const own = systemAsReminders(repairToolChain(rest)).map((message) =>
    message.role === 'assistant' ? ownWords(message, traits) : message,
  );
  const turns = withEnds(turnsOf(withoutEmptyParts(own)), modelTraits);
  const written = turns.map((turn, position) => {
    const parts =
      turn.role === 'user' ? writeUser(turn, turns[position - 1], modelTraits) : writeModel(turn.parts, modelTraits);
    return `{"role":"${turn.role === 'user' ? 'user' : 'model'}","parts":[${parts.join(',')}]}`;
  });
  return `[${written.join(',')}]`;
}

/** Only thinking with Gemini's signature goes back to it: it takes neither other vendors' thinking nor thinking without a signature. */
function ownWords(message: AssistantMessage, { thinkingHistory }: Traits): AssistantMessage {
  const parts = message.parts.flatMap((part): AssistantPart[] => {
    if (part.type === 'thinking') return thinkingHistory !== 'strip' && isOwn(part.signature) ? [part] : [];
    if (part.type !== 'text' || !part.signature || isOwn(part.signature)) return [part];
    const { signature: _, ...unsigned } = part;
    return [unsigned];
  });
  return { ...message, parts };
}

const isOwn = (signature: Signature | undefined): boolean => signature?.issuer === ISSUER;

function withEnds(turns: readonly Turn[], { prefill }: ModelTraits): Turn[] {
  const opened = turns[0]?.role === 'user' ? [...turns] : [userTurn(FIRST_TURN), ...turns];
  return opened.at(-1)!.role === 'user' || prefill ? opened : [...opened, userTurn(GO_ON)];
}

/** Results stand in the order of their calls (`repairToolChain`), which hold the names that the results may lack. */
function writeUser({ results, parts }: UserTurn, before: Turn | undefined, modelTraits: ModelTraits): string[] {
  const calls = before?.role === 'assistant' ? before.parts.filter((part) => part.type === 'tool-call') : [];
  const answers = results.map((result, place) => writeResult(result, calls[place], modelTraits));
  const shown = modelTraits.callsAreSigned ? [] : results.flatMap((result) => mediaOf(result).map(writeMedia));
  return [...answers, ...shown, ...parts.flatMap(writeUserPart)].map((part) => JSON.stringify(part));
}

function writeUserPart(part: UserPart): JsonObject[] {
  if (part.type === 'text') return [{ text: part.text }];
  return [part.type === 'native' ? writeNative(part) : writeMedia(part)];
}

/** A part of this dialect's own, by the name that was given to it on the way in; parts of others were refused before. */
function writeNative({ native: { fields } }: NativePart): JsonObject {
  const { type: _, ...part } = fields;
  return part;
}

const mediaOf = ({ parts }: ToolResult): Media[] =>
  parts.filter((part) => part.type === 'image' || part.type === 'file');

/** What a tool gave back has to be an object. Media stand in it, or for older models after all results of the turn. */
function writeResult(result: ToolResult, call: ToolCallPart | undefined, modelTraits: ModelTraits): JsonObject {
  const media = mediaOf(result);
  const id = modelTraits.callsAreSigned ? ownId(call?.id ?? '') : undefined;
  const texts = result.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (!modelTraits.callsAreSigned)
    pushAll(
      texts,
      media.map(({ type }) => `[${type} returned, see below]`),
    );
  const text = texts.join('\n');
  return {
    functionResponse: {
      ...(id === undefined ? {} : { id }),
      name: call?.name ?? result.name ?? result.callId,
      response: result.isError ? { error: text } : { output: text },
      ...(modelTraits.callsAreSigned && media.length > 0 ? { parts: media.map(writeMedia) } : {}),
    },
  };
}

/** Only the first of parallel calls has a signature; where all are lost, newer models want that said there. */
function writeModel(parts: readonly AssistantPart[], modelTraits: ModelTraits): string[] {
  const calls = parts.filter((part) => part.type === 'tool-call');
  const isLost = modelTraits.callsAreSigned && !calls.some(({ signature }) => isOwn(signature));
  return parts.flatMap((part) => {
    if (part.type === 'tool-call') return [writeCall(part, isLost && part === calls[0], modelTraits)];
    return writeWords(part).map((written) => JSON.stringify(written));
  });
}

function writeWords(part: Exclude<AssistantPart, ToolCallPart>): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ text: part.text, ...signatureField(part.signature) }];
    case 'refusal':
      return [{ text: part.text }];
    case 'thinking':
      return [{ text: part.text, thought: true, ...signatureField(part.signature) }];
    case 'image':
    case 'audio':
      // The model's own media cannot come back without the signatures they had; that there were some is part of the conversation.
      return [{ text: `[${part.type} omitted]` }];
    case 'hosted-call':
      return [];
    case 'native':
      return [writeNative(part)];
  }
}

const signatureField = (signature: Signature | undefined): JsonObject =>
  signature && isOwn(signature) ? { thoughtSignature: signature.value } : {};

function writeCall(call: ToolCallPart, isLost: boolean, modelTraits: ModelTraits): string {
  const id = modelTraits.callsAreSigned ? ownId(call.id) : undefined;
  const named = { ...(id === undefined ? {} : { id }), name: call.name };
  const written = jsonWith(
    named,
    'args',
    call.kind === 'custom' ? freeTextArguments(call.arguments) : objectText(call.arguments),
  );
  return jsonWith(
    isLost ? { thoughtSignature: LOST_SIGNATURE } : signatureField(call.signature),
    'functionCall',
    written,
  );
}
