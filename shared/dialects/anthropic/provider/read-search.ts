import type { HostedCallPart } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled, textOf } from '../../kit/read-values.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readSources } from '../names.ts';
import type { WireReplyBlock } from '../wire-reply.ts';

type Block = Unchecked<WireReplyBlock>;

/** Searches of one answer: a block says what is searched for, a later one what was found. */
export function searchReader() {
  const queries = new Map<string, string[]>();
  return {
    opens: ({ type, name }: Block): boolean => type === 'server_tool_use' && name === 'web_search',
    /** Its input is known, and what it finds is still to come. */
    open({ id }: Block, input: unknown): [] {
      const query = isJsonObject(input) ? filled(input.query) : undefined;
      queries.set(textOf(id), query === undefined ? [] : [query]);
      return [];
    },
    /** The search as a whole; undefined for a block that is no search's. */
    found(block: Block): [HostedCallPart] | undefined {
      if (block.type !== 'web_search_tool_result') return undefined;
      const { tool_use_id: call, content } = block as JsonObject;
      const id = textOf(call);
      return [{ type: 'hosted-call', id, queries: queries.get(id) ?? [], sources: readSources(content) }];
    },
  };
}
