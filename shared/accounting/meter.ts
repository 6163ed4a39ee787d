import type { Target } from '../catalog/catalog.ts';
import type { ChatEvent } from '../chat/events.ts';
import type { ChatReply } from '../chat/reply.ts';
import { estimateTokens, type Usage } from '../chat/usage.ts';
import type { ErrorKind, GatewayError } from '../errors.ts';

/** Watches one exchange for what it cost: told of every event, asked once at the end. */
export interface Meter {
  /** A target is being asked. */
  asked(target: Target): void;
  /** A provider has begun to answer: from here on tokens are owed, whatever becomes of them. */
  answered(): void;
  see(events: readonly ChatEvent[]): void;
  seeReply(reply: ChatReply): void;
  /** An event of the provider that could not be read, on the road where it passes all the same. */
  unreadable(): void;
  failed(error: GatewayError): void;
  reading(): MeterReading;
}

export interface MeterReading {
  target: Target | undefined;
  attempts: number;
  usage: Usage | undefined;
  /** Epoch milliseconds of the first token of the answer. */
  firstTokenAt: number | undefined;
  finish: string | undefined;
  error: GatewayError | undefined;
  errorKind: ErrorKind | undefined;
  unreadable: number;
}

/** `requestBytes` stands in for the input's tokens where the provider's own count never comes. */
export function createMeter(requestBytes: number, now: () => number): Meter {
  let target: Target | undefined;
  let attempts = 0;
  let answered = false;
  let usage: Usage | undefined;
  let outputBytes = 0;
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

  function finalUsage(): Usage | undefined {
    if (usage || !answered) return usage;
    return { input: estimateTokens(requestBytes), output: estimateTokens(outputBytes), estimated: true };
  }

  return {
    asked(next) {
      target = next;
      attempts += 1;
    },
    answered() {
      answered = true;
    },
    see,
    seeReply(reply) {
      firstTokenAt ??= now();
      usage = reply.usage ?? usage;
      finish = reply.choices[0]?.finish ?? finish;
      if (!usage) outputBytes = Buffer.byteLength(JSON.stringify(reply.choices));
    },
    unreadable() {
      unreadable += 1;
    },
    failed(thrown) {
      error ??= thrown;
    },
    reading: () => ({
      target,
      attempts,
      usage: finalUsage(),
      firstTokenAt,
      finish,
      error,
      errorKind: error?.kind,
      unreadable,
    }),
  };
}
