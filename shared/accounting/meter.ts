import type { Time } from '../async/time.ts';
import type { Meter } from '../call/attempt.ts';
import type { ChatEvent } from '../chat/events.ts';
import { estimateTokens, type Usage } from '../chat/usage.ts';
import type { GatewayError } from '../errors.ts';
import { MEDIA_TOKENS } from './limits/media-tokens.ts';

/** Opens a meter. `estimate` gives the input's tokens where the provider's own count never comes. */
export function createMeter(estimate: () => number, { now }: Pick<Time, 'now'>): Meter {
  /** It began to answer, or may have. */
  let isOwed = false;
  let usage: Usage | undefined;
  let outputBytes = 0;
  let images = 0;
  let hasSound = false;
  let firstTokenAt: number | undefined;
  let finish: string | undefined;
  let error: GatewayError | undefined;
  let unreadable = 0;

  function see(events: readonly ChatEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'text':
        case 'thinking':
        case 'refusal':
        case 'tool-arguments':
          firstTokenAt ??= now();
          outputBytes += Buffer.byteLength(event.text);
          break;
        case 'tool-call':
          firstTokenAt ??= now();
          outputBytes += event.name.length;
          break;
        case 'media':
          firstTokenAt ??= now();
          // A picture comes whole, a sound in many pieces.
          if (event.media === 'image') images += 1;
          else hasSound = true;
          break;
        case 'usage':
          usage = event.usage;
          break;
        case 'finish':
          finish = event.reason;
          break;
        case 'error':
          error ??= event.error;
          break;
        default:
      }
    }
  }

  /** A stream that broke off counts the larger of what was reported and what was seen. */
  function finalUsage(): Usage | undefined {
    const seen = estimateTokens(outputBytes) + (images + Number(hasSound)) * MEDIA_TOKENS;
    if (!usage) return isOwed ? { input: estimate(), output: seen, estimated: true } : undefined;
    return finish === undefined && seen > usage.output ? { ...usage, output: seen, estimated: true } : usage;
  }

  return {
    answered() {
      isOwed = true;
    },
    unanswered() {
      isOwed = true;
    },
    see,
    seeReply(reply) {
      firstTokenAt ??= now();
      usage = reply.usage ?? usage;
      finish = reply.choices[0]?.finish ?? finish;
      if (!usage) outputBytes = Buffer.byteLength(JSON.stringify(reply.choices));
    },
    seeUsage(reported) {
      firstTokenAt ??= now();
      usage = reported;
    },
    unreadable() {
      unreadable += 1;
    },
    reading: () => ({ usage: finalUsage(), firstTokenAt, finish, error, unreadable }),
  };
}
