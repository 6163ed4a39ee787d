import { Buffer } from 'node:buffer';
import type { ChatRequest } from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';

/** Our own summaries stand behind this mark, so that no other vendor's secrets are taken for one. */
const OUR_SUMMARY = 'sluice-summary:';

/** Characters of a summary, far more than any model writes; a longer one is not read. */
const MOST_SUMMARY = 1_000_000;

/** The item that takes the place of a conversation that was summed up. */
export const writeCompaction = (id: string, summary: string): JsonObject => ({
  id: `cmp_${id}`,
  type: 'compaction',
  encrypted_content: OUR_SUMMARY + Buffer.from(summary.slice(0, MOST_SUMMARY / 2)).toString('base64url'),
});

/** Whether only we can read an item. */
export const isOurCompaction = ({ encrypted_content: encrypted }: JsonObject): boolean =>
  typeof encrypted === 'string' && encrypted.startsWith(OUR_SUMMARY);

/** A summary of ours as the user's words; undefined for all else. */
export function readSummary(encrypted: unknown): string | undefined {
  if (typeof encrypted !== 'string' || !encrypted.startsWith(OUR_SUMMARY)) return undefined;
  if (encrypted.length > 2 * MOST_SUMMARY) return undefined;
  const summary = Buffer.from(encrypted.slice(OUR_SUMMARY.length), 'base64url').toString('utf8');
  return `This is a summary of the conversation so far:\n\n${summary}`;
}

/** The item that asks for a summary in place of an answer; Codex puts it at the end. */
const TRIGGER = 'compaction_trigger';

const isTrigger = (item: unknown): boolean => isJsonObject(item) && item.type === TRIGGER;

/** Whether a request asks for a summary of its conversation, which the answer then holds as its only item. */
export const asksForSummary = ({ input }: JsonObject): boolean => Array.isArray(input) && input.some(isTrigger);

/** A request for a summary as every model understands it: the conversation, and at its end the question. Nothing else may be answered. */
export function asSummaryRequest(request: ChatRequest): ChatRequest {
  const { tools: _, toolChoice: __, parallelToolCalls: ___, format: ____, logprobs: _____, ...asked } = request;
  return { ...asked, messages: [...request.messages, { role: 'user', parts: [{ type: 'text', text: SUMMARIZE }] }] };
}

/** The items of a conversation without the one that asks for its summary. */
export const withoutTrigger = <Item>(items: readonly Item[]): Item[] => items.filter((item) => !isTrigger(item));

/** A conversation, with the item that asks for its summary. */
export function withTrigger(body: JsonObject): JsonObject {
  const { input } = body;
  const items = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  return Array.isArray(items) ? { ...body, input: [...withoutTrigger(items), { type: TRIGGER }] } : body;
}

const SUMMARIZE = `Sum up the conversation so far for another model that goes on with the work and sees nothing of it but your summary. Answer with the summary alone, and call no tool. Hold on to:
- what the user wants, in the user's own words where they matter, with all constraints and preferences;
- what was done and decided, and why;
- files, commands, names, values and results that are needed to go on;
- what is still to be done, and what comes next.`;
