import type { ChatEvent } from '../../../chat/events.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { filled, textOf } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { ANTHROPIC, readCitation } from '../names.ts';
import type { WireDelta, WireReplyBlock } from '../wire-reply.ts';
import { argumentsText } from './read-reply.ts';
import { searchReader } from './read-search.ts';

interface OpenBlock {
  kind: 'said' | 'call' | 'custom' | 'format' | 'search';
  /** Position among the calls. */
  call: number;
  /** Input that came whole with the start of the block. */
  whole: unknown;
  /** Arguments emitted, or gathered for a tool of free text. */
  text: string;
  /** The start of a search. */
  search?: Unchecked<WireReplyBlock>;
}

/** Reads the content blocks of one stream. Calls are counted apart from the other blocks. */
export function blockReader({ id: answer, memo }: ReadContext) {
  const open = new Map<number, OpenBlock>();
  const bounds = streamBounds();
  const searches = searchReader();
  let any = false;
  let calls = 0;

  function begin(index: number, kind: OpenBlock['kind'], whole?: unknown): OpenBlock {
    const block: OpenBlock = { kind, call: kind === 'call' || kind === 'custom' ? calls++ : -1, whole, text: '' };
    bounds.parts(open.size + 1);
    open.set(index, block);
    return block;
  }

  function start(index: number, wire: Unchecked<WireReplyBlock>): ChatEvent[] {
    any = true;
    // A block that was never closed, since its provider forgot to.
    const before = open.has(index) ? close(index) : [];
    return [...before, ...opening(index, wire)];
  }

  function opening(index: number, wire: Unchecked<WireReplyBlock>): ChatEvent[] {
    if (wire.type === 'tool_use') return openCall(index, wire);
    if (searches.opens(wire)) {
      begin(index, 'search', wire.input).search = wire;
      return [];
    }
    begin(index, 'said');
    if (wire.type === 'thinking') return [...thinking(wire.thinking ?? '', true), ...signed(wire.signature)];
    if (wire.type === 'redacted_thinking') {
      const signature = { issuer: ANTHROPIC, value: textOf(wire.data) };
      return [
        { type: 'thinking', text: '', redacted: true },
        { type: 'signature', signature },
      ];
    }
    return searches.found(wire) ?? (wire.type === 'text' ? said(wire.text) : []);
  }

  function openCall(index: number, wire: Unchecked<WireReplyBlock>): ChatEvent[] {
    const name = textOf(wire.name);
    if (name !== '' && name === memo?.formatTool) {
      begin(index, 'format', wire.input);
      return [];
    }
    const custom = memo?.customTools?.has(name) ?? false;
    const { call } = begin(index, custom ? 'custom' : 'call', wire.input);
    const id = filled(wire.id) ?? `toolu_${answer}_${call}`;
    const kind = custom ? { kind: 'custom' as const } : {};
    return [{ type: 'tool-call', index: call, id, name: callersName(name, memo), ...kind }];
  }

  function delta(index: number, wire: Unchecked<WireDelta>): ChatEvent[] {
    any = true;
    if (wire.type === 'text_delta') return said(wire.text);
    if (wire.type === 'thinking_delta') return thinking(wire.thinking, false);
    if (wire.type === 'signature_delta') return signed(wire.signature);
    if (wire.type === 'input_json_delta') return input(index, filled(wire.partial_json) ?? '');
    const citation = wire.type === 'citations_delta' ? readCitation(wire.citation) : undefined;
    return citation ? [{ type: 'citation', citation }] : [];
  }

  function input(index: number, text: string): ChatEvent[] {
    const block = open.get(index) ?? [...open.values()].findLast(({ kind }) => kind !== 'said');
    if (!block) throw new GatewayError('upstream', 'The provider sent arguments of a tool call that it never began.');
    if (text === '') return [];
    // Only arguments of free text are needed as a whole; of others, whether there were any.
    if (block.kind === 'custom' || block.kind === 'search') {
      bounds.keep(text);
      block.text += text;
    } else block.text = text;
    if (block.kind === 'format') return [{ type: 'text', text }];
    return block.kind === 'call' ? [{ type: 'tool-arguments', index: block.call, text }] : [];
  }

  function close(index: number): ChatEvent[] {
    const block = open.get(index);
    if (!block) return [];
    open.delete(index);
    const end: ChatEvent = { type: 'part-end' };
    // A call without a word of arguments has none, or had them all at its start.
    const text = block.text === '' ? argumentsText(isJsonObject(block.whole) ? block.whole : {}) : block.text;
    if (block.search) return searches.open(block.search, tryParseJson(text));
    if (block.kind === 'custom') return [{ type: 'tool-arguments', index: block.call, text: freeTextOf(text) }, end];
    if (block.kind === 'said' || block.text !== '') return [end];
    return block.kind === 'format'
      ? [{ type: 'text', text }, end]
      : [{ type: 'tool-arguments', index: block.call, text }, end];
  }

  return {
    open: start,
    delta,
    close,
    any: () => any,
    called: () => calls > 0,
    /** At the end of the stream: what its provider forgot to close. */
    end: (): ChatEvent[] => [...open.keys()].flatMap(close),
  };
}

const said = (text: unknown): ChatEvent[] => (filled(text) ? [{ type: 'text', text: textOf(text) }] : []);

/** The start of a block is emitted though it has no text yet: thinking may be nothing but its signature. */
function thinking(text: unknown, isStart: boolean): ChatEvent[] {
  return isStart || filled(text) ? [{ type: 'thinking', text: textOf(text) }] : [];
}

function signed(signature: unknown): ChatEvent[] {
  const value = filled(signature);
  return value ? [{ type: 'signature', signature: { issuer: ANTHROPIC, value } }] : [];
}
