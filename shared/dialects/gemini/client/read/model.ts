import { pushAll } from '../../../../chat/push-all.ts';
import type { AssistantPart } from '../../../../chat/request.ts';
import { filled } from '../../../kit/read-values.ts';
import { readSignature } from '../signatures.ts';
import type { WirePart } from '../wire.ts';
import { readMedia } from './media.ts';
import { nativePart } from './native-part.ts';

/** A call in the history, for the results after it. */
export interface MadeCall {
  id: string;
  name: string;
  isAnswered: boolean;
}

/** Reads the parts of one turn of the model's. Thinking that a part carries replaces what was shown of it before that part. */
export function modelReader() {
  const parts: AssistantPart[] = [];
  const made: MadeCall[] = [];
  /** Where the parts begin whose thinking the next part may carry. */
  let from = 0;

  /** The signature of a part, once the thinking that it carries is in its place. */
  function signatureOf(part: WirePart) {
    const text = filled(part.thoughtSignature);
    if (text === undefined) return {};
    const { thinking, signature } = readSignature(text);
    if (thinking.length > 0) {
      const others = parts.splice(from).filter(({ type }) => type !== 'thinking');
      pushAll(parts, others);
      pushAll(parts, thinking);
      from = parts.length;
    }
    return signature ? { signature } : {};
  }

  function readThought(text: string, part: WirePart): void {
    const signed = signatureOf(part);
    const last = parts.at(-1);
    if (last?.type === 'thinking' && !last.signature && !signed.signature) last.text += text;
    else if (text !== '' || signed.signature) parts.push({ type: 'thinking', text, ...signed });
  }

  function readOther(part: WirePart, at: string, madeId: string): AssistantPart {
    const { functionCall, text } = part;
    if (functionCall) {
      const { name, args } = functionCall;
      const id = filled(functionCall.id) ?? madeId;
      made.push({ id, name, isAnswered: false });
      return { type: 'tool-call', id, name, arguments: JSON.stringify(args ?? {}) };
    }
    if (typeof text === 'string') return { type: 'text', text };
    const media = readMedia(part, at);
    return media === undefined || media.type === 'file' ? nativePart(part) : media;
  }

  return {
    read(part: WirePart, at: string, madeId: string): void {
      if (part.thought === true) {
        // Sketches made while thinking are no part of the answer.
        if (typeof part.text === 'string') readThought(part.text, part);
        return;
      }
      const signed = signatureOf(part);
      const read = readOther(part, at, madeId);
      const last = parts.at(-1);
      // A stream's pieces; what Google signed stays apart.
      if (read.type === 'text' && last?.type === 'text' && !last.signature && !signed.signature) {
        last.text += read.text;
        return;
      }
      parts.push(read.type === 'text' || read.type === 'tool-call' ? { ...read, ...signed } : read);
      if (read.type === 'tool-call') from = parts.length;
    },
    end: () => ({ parts, made }),
  };
}
