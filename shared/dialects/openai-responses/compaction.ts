import { Buffer } from 'node:buffer';
import type { JsonObject } from '../../http/json.ts';

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
