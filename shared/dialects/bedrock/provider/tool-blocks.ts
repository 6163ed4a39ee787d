import type { ChatEvent } from '../../../chat/events.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';

interface Block {
  /** A tool of free text: its one argument is emitted when it is whole, since its text is escaped in JSON until then. */
  held: string | undefined;
  /** Undefined for the tool that stands in for a schema: what it is called with is the answer's text. */
  call: number | undefined;
  emitted: boolean;
}

/** Sorts a stream's tool blocks into calls with contiguous indexes of their own: other blocks are counted with them on the wire. */
export function toolBlocks({ id: answer, memo }: ReadContext) {
  const open = new Map<number, Block>();
  const bounds = streamBounds();
  let calls = 0;

  function emit(block: Block, text: string): ChatEvent {
    block.emitted = true;
    return block.call === undefined ? { type: 'text', text } : { type: 'tool-arguments', index: block.call, text };
  }

  /** No fragment at all means no arguments; whether they are over is said by the block's end, never by their being JSON. */
  function finish(block: Block): ChatEvent[] {
    const end: ChatEvent = { type: 'part-end' };
    if (block.held !== undefined) return [emit(block, freeTextOf(block.held)), end];
    return block.emitted ? [end] : [emit(block, '{}'), end];
  }

  return {
    open(index: number, { name: wireName, toolUseId }: JsonObject): ChatEvent[] {
      bounds.parts(open.size + 1);
      const name = typeof wireName === 'string' ? wireName : '';
      if (name !== '' && name === memo?.formatTool) {
        open.set(index, { call: undefined, held: undefined, emitted: false });
        return [];
      }
      const call = calls;
      calls += 1;
      const isCustom = memo?.customTools?.has(name) ?? false;
      open.set(index, { call, held: isCustom ? '' : undefined, emitted: false });
      const id = typeof toolUseId === 'string' && toolUseId !== '' ? toolUseId : `call_${answer}_${call}`;
      const kind = isCustom ? { kind: 'custom' as const } : {};
      return [{ type: 'tool-call', index: call, id, name: callersName(name, memo), ...kind }];
    },
    take(index: number, input: unknown): ChatEvent[] {
      const block = open.get(index);
      if (!block) return [];
      const text = isJsonObject(input) ? JSON.stringify(input) : typeof input === 'string' ? input : '';
      if (text === '') return [];
      if (block.held === undefined) return [emit(block, text)];
      bounds.keep(text);
      block.held += text;
      return [];
    },
    /** Undefined where the block is no tool's. */
    close(index: number): ChatEvent[] | undefined {
      const block = open.get(index);
      open.delete(index);
      return block && finish(block);
    },
    /** Calls whose end never came. */
    end: (): ChatEvent[] => [...open.values()].flatMap(finish),
    called: () => calls > 0,
  };
}
