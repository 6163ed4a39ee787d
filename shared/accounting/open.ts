import type { Time } from '../async/time.ts';
import type { Account } from '../call/account.ts';
import { type Caller, targetFor } from '../call/caller.ts';
import { estimateTokens } from '../chat/usage.ts';
import type { AgentIds } from '../dialects/agents.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import type { GatewayError } from '../errors.ts';
import { type AttemptState, openAttempt } from './attempt.ts';
import { countingAttempt, type Records, recordOf, type UsageRecord } from './record.ts';

export interface AccountPorts {
  records: Records;
  time: Time;
}

const SMALL_BYTES = 16 * 1024;

interface NewAccount {
  requestId: string;
  /** Epoch milliseconds. */
  startedAt: number;
  caller: Caller;
  agentIds: AgentIds;
  dialect: ClientDialect;
  purpose: string;
  /** Ends everything; its reason is a `GatewayError`. */
  signal: AbortSignal;
  /** When the signal is aborted at the latest, epoch milliseconds. */
  until: number;
}

export interface OpenAccount extends Account {
  /**
   * Closes the account and writes the record; to be called once, after the last byte. Waits for pending work. `beside` runs beside
   * the writing.
   */
  settle(beside?: (record: UsageRecord) => Promise<void>): Promise<void>;
}

/** Opens the account of one request: before anything is asked, so that every request has a record. */
export function openAccount(
  { requestId, startedAt, caller, agentIds, dialect, purpose, signal, until }: NewAccount,
  { records, time }: AccountPorts,
): OpenAccount {
  const attempts: AttemptState[] = [];
  const works = new Set<Promise<unknown>>();
  let asked: Parameters<Account['asked']>[0] = { model: '', stream: false, bytes: 0 };
  let input: number | undefined;
  let ended: { error: GatewayError; status: number } | undefined;

  function failed(error: GatewayError, status = dialect.errorStatus(error)): void {
    ended ??= { error, status };
  }

  /** Media is far more bytes than tokens. To count it costs a walk over the body, which a small one is not worth. */
  function estimateAsked(): number {
    const ofBytes = estimateTokens(asked.bytes);
    if (asked.bytes > SMALL_BYTES) input ??= asked.input?.();
    return Math.min(ofBytes, input ?? ofBytes);
  }

  return {
    asked(request) {
      asked = request;
    },
    open(target, { purpose = 'answer', signal: own = signal, requestBytes } = {}) {
      const number = attempts.length + 1;
      const ends = own === signal ? until : Number.POSITIVE_INFINITY;
      const estimate = requestBytes === undefined ? estimateAsked : () => estimateTokens(requestBytes);
      const attempt = openAttempt(
        { target: targetFor(caller, target), number, purpose, signal: own, until: ends, estimate },
        time,
      );
      attempts.push(attempt);
      return attempt;
    },
    pending(work) {
      works.add(work);
      // Its failure is reported where it is awaited.
      work.catch(() => {});
    },
    failed,
    providerRates(error) {
      const { rates, target } = countingAttempt({ attempts, error }) ?? {};
      return rates && { provider: target!.provider, rates };
    },
    async settle(beside) {
      if (signal.aborted) failed(signal.reason);
      for (const attempt of attempts) if (attempt.purpose === 'answer') attempt.end();
      // The description of an image may be awaited by other requests too. It ends with its own time-out, and may still ask
      // its next describer: waiting for the attempts of this moment is not enough.
      await Promise.allSettled(works);
      await Promise.all(attempts.map((attempt) => attempt.ended));
      const { model, stream } = asked;
      const { error, status = 200 } = ended ?? {};
      const over = { requestId, startedAt, endedAt: time.now(), caller, agentIds, dialect: dialect.name, purpose };
      const record = recordOf({ ...over, model, stream, status, error, attempts });
      records.report(record);
      await Promise.all([records.write(record), beside?.(record)]);
    },
  };
}
