import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { writeCompaction } from '../compaction.ts';
import type { Emit, OutputEvent } from './write-output.ts';

/** Makes the one item of an answer that is a summary; what else the model said is left out. */
export function summaryWriter(id: string, emit: Emit) {
  const output: JsonObject[] = [];
  let summary = '';
  return {
    take(event: OutputEvent): void {
      if (event.type === 'text') summary += event.text;
    },
    /** Throws `upstream` where there is no summary: another model may give one. */
    close(): void {
      if (summary.trim() === '') throw new GatewayError('upstream', 'The model gave no summary of the conversation.');
      const item = writeCompaction(id, summary.trim());
      output.push(item);
      emit('response.output_item.added', { output_index: 0, item });
      emit('response.output_item.done', { output_index: 0, item });
    },
    output,
    hasRefusal: () => false,
  };
}
