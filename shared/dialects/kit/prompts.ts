import type { AnswerFormat, SystemMessage } from '../../chat/request.ts';
import type { UserTurn } from '../../chat/turns.ts';

/** The texts that a dialect adds to a conversation because its vendor demands them or has no field for what the caller asked. */

/** The first turn of a conversation that the assistant begins: some vendors want a user's turn there, with some text in it. */
export const FIRST_TURN = '…';

/** The last turn of a conversation that ends with the assistant's, for models that do not go on from their own text. */
export const GO_ON = 'Continue.';

/** An instruction where the caller wants JSON without a schema and the dialect has no field to say so. */
export const JSON_ONLY = 'Answer with one JSON object and nothing else: no Markdown fence, no words around it.';

export const userTurn = (text: string): UserTurn => ({ role: 'user', results: [], parts: [{ type: 'text', text }] });

export const instruction = (text: string): SystemMessage => ({ role: 'system', parts: [{ type: 'text', text }] });

/** Whether only an instruction can ask for JSON: the caller wants some, and gives no schema to hold the answer to. */
export const wantsAnyJson = (format: AnswerFormat | undefined): boolean =>
  format?.type === 'json' || (format?.type === 'json-schema' && !format.schema);

/** The tool that stands in for an answer's schema, for models that cannot be held to one: its arguments are the answer. */
export function formatTool(
  { description }: { description?: string | undefined },
  names: readonly string[],
): { name: string; description: string } {
  return {
    name: names.includes('json') ? 'json_answer' : 'json',
    description: description ?? 'Give the answer with this tool, in this form.',
  };
}
