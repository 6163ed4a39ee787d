import type { FinishReason } from '../../chat/events.ts';
import type { GatewayError } from '../../errors.ts';
import { stoppedWith } from '../kit/provider-failures.ts';
import { entryOf, wordOf } from '../kit/read-values.ts';

/** The dialect's name, and the issuer of what is Cohere's own in the hub. */
export const COHERE = 'cohere';

const finishReasons: Record<string, FinishReason> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop-sequence',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_TOXIC: 'refused',
  ERROR_LIMIT: 'context',
};

/** Ends that are failures: what was said before one of them is no answer. */
const failures: Record<string, 'upstream' | 'timeout'> = { ERROR: 'upstream', TIMEOUT: 'timeout' };

/**
 * Why an answer ended, or the failure it is. An unknown reason is an ordinary end, and an ordinary end behind tool calls
 * means them: agents would otherwise end in silence.
 */
export function readFinish(reason: unknown, called: boolean): FinishReason | GatewayError {
  const failed = entryOf(failures, reason);
  if (failed) return stoppedWith(wordOf(reason), failed);
  const finish = entryOf(finishReasons, reason) ?? 'stop';
  return finish === 'stop' && called ? 'tool-calls' : finish;
}
