import type { FinishReason } from '../../chat/events.ts';
import type { Citation, HostedCallPart, Source } from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { filled, textOf } from '../kit/read-values.ts';

/** The dialect's name, on both sides, in `native`, and as the issuer of signatures. */
export const ANTHROPIC = 'anthropic';

/** Says which version of the API a request follows; every client of Anthropic sends it. */
export const VERSION_HEADER = 'anthropic-version';

/** Says which betas a request uses. */
export const BETA_HEADER = 'anthropic-beta';

/** The workspace of a request; Claude Platform on AWS demands it. */
export const WORKSPACE_HEADER = 'anthropic-workspace-id';

/** Headers of Claude Code's own begin so. */
export const AGENT_HEADERS = 'x-claude-code-';

const stopReasons: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context',
  tool_use: 'tool-calls',
  pause_turn: 'paused',
  refusal: 'refused',
};

/** An unknown reason, or none, is an ordinary end: the text is there, and a new reason of a vendor must not break callers. */
export const readStopReason = (reason: unknown): FinishReason => stopReasons[textOf(reason)] ?? 'stop';

const stopNames: Record<FinishReason, string> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  context: 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  refused: 'refusal',
  paused: 'pause_turn',
};

export const writeStopReason = (reason: FinishReason): string => stopNames[reason];

/** Ids of answers begin so here; those of other vendors are kept behind it. */
export const messageId = (id: string): string => (id.startsWith('msg_') ? id : `msg_${id.replace(/^chatcmpl-/, '')}`);

export function readCitation(citation: unknown): Citation | undefined {
  if (!isJsonObject(citation)) return undefined;
  const url = filled(citation.url) ?? filled(citation.source);
  const title = filled(citation.title) ?? filled(citation.document_title);
  // One that we made ourselves for another vendor's address means nothing to Anthropic.
  const native = citation.encrypted_index === '' ? {} : { native: { dialect: ANTHROPIC, fields: citation } };
  return { ...(url ? { url } : {}), ...(title ? { title } : {}), ...native };
}

/** Another vendor's citation is an address; the vendor's own fields for it are there, since the SDKs type them. */
export function writeCitation({ url, title, native }: Citation): JsonObject {
  if (native?.dialect === ANTHROPIC) return native.fields;
  return {
    type: 'web_search_result_location',
    url: url ?? '',
    title: title ?? null,
    cited_text: '',
    encrypted_index: '',
  };
}

/** Ids of searches that another vendor ran begin so: what they found means nothing to Anthropic, and goes to no provider of it. */
const OUR_SEARCH = 'srvtoolu_sluice_';

/** Whether a block of a caller's history is one of `writeSearch`. */
export const isOurSearch = ({ type, id, tool_use_id: call }: JsonObject): boolean =>
  (type === 'server_tool_use' && textOf(id).startsWith(OUR_SEARCH)) ||
  (type === 'web_search_tool_result' && textOf(call).startsWith(OUR_SEARCH));

/** A search as two blocks: the call, and what it found. */
export function writeSearch({ id, queries, sources }: Omit<HostedCallPart, 'type'>): [JsonObject, JsonObject] {
  const isOwn = sources.length > 0 && sources.every(({ native }) => native?.dialect === ANTHROPIC);
  const call = isOwn ? id : `${OUR_SEARCH}${id.replace(/\W/g, '_')}`;
  const input = { query: queries.join(' | ') };
  return [
    { type: 'server_tool_use', id: call, name: 'web_search', input },
    { type: 'web_search_tool_result', tool_use_id: call, content: sources.map(writeSource) },
  ];
}

function writeSource({ url, title, native }: Source): JsonObject {
  if (native?.dialect === ANTHROPIC) return native.fields;
  return { type: 'web_search_result', url, title: title ?? url, encrypted_content: '', page_age: null };
}

/** What a search found; nothing where it failed. */
export function readSources(content: unknown): Source[] {
  if (!Array.isArray(content)) return [];
  return content.filter(isJsonObject).flatMap((found): Source[] => {
    const url = filled(found.url);
    if (url === undefined) return [];
    const title = filled(found.title);
    return [{ url, ...(title ? { title } : {}), native: { dialect: ANTHROPIC, fields: found } }];
  });
}
