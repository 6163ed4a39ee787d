import type { Signature, ThinkingPart } from '../../chat/request.ts';
import { filled, textOf } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import { ANTHROPIC } from './names.ts';
import type { WireReplyBlock } from './wire-reply.ts';

/**
 * Callers of this dialect give thinking blocks back with the history, signatures untouched, and have no field for other vendors' signatures.
 * So another vendor's signature travels as the signature of a thinking block under our own mark, and goes back to its issuer alone:
 * `sluice.<place>.<issuer>.<id>.<value>`. The place says what it belongs to: the thinking itself, or the text or call after it.
 */
export type SignaturePlace = 'thinking' | 'text' | 'call';

const MARK = 'sluice.';

export function writeSignature({ issuer, value, id }: Signature, place: SignaturePlace): string {
  if (issuer === ANTHROPIC && place === 'thinking' && id === undefined) return value;
  return [`${MARK}${place}`, encode(issuer), encode(id ?? ''), value].join('.');
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll('.', '%2E');

export function readSignature(text: string): { signature: Signature; place: SignaturePlace } {
  const [place, issuer, id, ...value] = text.startsWith(MARK) ? text.slice(MARK.length).split('.') : [];
  if (!isPlace(place) || !issuer || id === undefined) {
    return { signature: { issuer: ANTHROPIC, value: text }, place: 'thinking' };
  }
  const signature: Signature = { issuer: decode(issuer), value: value.join('.') };
  return { signature: id === '' ? signature : { ...signature, id: decode(id) }, place };
}

const isPlace = (text: string | undefined): text is SignaturePlace =>
  text === 'thinking' || text === 'text' || text === 'call';

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not of our making: it matches no issuer and goes nowhere.
    return text;
  }
}

/** Whether a signature in a caller's history is another vendor's, under our mark. */
export const isForeignSignature = (text: string): boolean => text.startsWith(MARK);

/** A provider's thinking block as a part; a redacted one is only its signature. */
export function readThinkingPart(block: Unchecked<WireReplyBlock>): ThinkingPart {
  if (block.type === 'redacted_thinking') {
    return {
      type: 'thinking',
      text: '',
      redacted: true,
      signature: { issuer: ANTHROPIC, value: textOf(block.data) },
    };
  }
  const value = filled(block.signature);
  const text = typeof block.thinking === 'string' ? block.thinking : '';
  return value ? { type: 'thinking', text, signature: { issuer: ANTHROPIC, value } } : { type: 'thinking', text };
}
