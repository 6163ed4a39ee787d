import { isDoneWithin } from '../async/deadline.ts';
import { LONGEST_MS, type Time, type Timer } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { type Incoming, jsonOutgoing, type Outgoing, type Run } from '../http/message.ts';
import { afterTasks } from './after.ts';
import type { CallerPresence } from './caller.ts';
import { pump, type Sink } from './pump.ts';

/** What a host needs of the log. */
export interface FailureLog {
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Writes one answer to the host's connection. After `gone` its methods do nothing. */
export interface Channel extends Sink {
  /** Sets status and headers; fails where the host cannot send them, and may then be called again with others. */
  open(outgoing: Outgoing): void;
  /** Whether status and headers are set for good. */
  isOpen(): boolean;
  /** Ends the answer, after these last bytes. Resolves when all is out or the reader has gone; nothing where that is so at once. */
  end(last?: Uint8Array): Promise<void> | undefined;
}

export interface Answering {
  /** Epoch milliseconds at which the host stops us. */
  deadline: number;
  caller: CallerPresence;
  log: FailureLog;
  time: Time;
  stalledMs: number;
}

/** How long a reader who does not read is waited for, unless the host's options say otherwise. */
export const STALLED_MS = 120_000;
/** How long the gateway may take to end a request whose caller has left. */
export const LEAVE_MS = 5_000;
/** Time kept back before the host stops us, for the after-work. The gateway's own deadline lies before it. */
const MARGIN_MS = 1_500;
/** How long we wait until the answer that says we failed is out. */
const FAILURE_MS = 1_000;
/** Whole bodies are written in pieces of this size, so that a reader's progress can be seen. */
const PIECE_BYTES = 64 * 1024;

/**
 * Answers one request, on any host. Whatever fails or hangs on the way, the channel is ended, the failure is logged and the
 * after-work runs once, when the caller has the last byte or has gone. Never fails.
 */
export async function answer(gateway: Gateway, http: Incoming, channel: Channel, answering: Answering): Promise<void> {
  const { deadline, caller, log } = answering;
  const after = afterTasks((cause) => log.error('work after a request failed', { cause }));
  const run: Run = { deadline, signal: caller.signal, after: after.add };
  try {
    await inTime(
      gateway(http, run).then((outgoing) => send(outgoing, channel, answering)),
      answering,
    );
  } catch (cause) {
    log.error('a request could not be answered', { cause });
    await sayFailed(cause, channel, answering.time);
  } finally {
    await after.run();
  }
}

/**
 * Gives up when the work reaches the host's deadline, or goes on for 5 s after the caller has left. What still runs of it is
 * ended by the caller's signal: on Lambda it would go on in a later request.
 */
function inTime(work: Promise<void>, { deadline, caller, time }: Answering): Promise<void> {
  return new Promise((resolve, reject) => {
    const timers: Timer[] = [];
    let isSettled = false;
    const failAfter = (ms: number, why: string): void => {
      // Cutting a failed answer counts as leaving: no timer may be left then, on Lambda it would fire in a later request.
      if (isSettled) return;
      timers.push(time.after(ms, () => settle(() => giveUp(new GatewayError('timeout', why)))));
    };
    const giveUp = (error: GatewayError): void => {
      caller.leave(error);
      reject(error);
    };
    const settle = (done: () => void): void => {
      isSettled = true;
      for (const timer of timers) timer.clear();
      done();
    };
    const remainingMs = deadline - MARGIN_MS - time.now();
    if (remainingMs <= LONGEST_MS) {
      failAfter(remainingMs, 'The gateway did not end the request before the deadline of the host.');
    }
    caller.onLeave(() =>
      failAfter(LEAVE_MS, `The gateway did not end the request ${LEAVE_MS} ms after its caller left.`),
    );
    work.then(
      () => settle(resolve),
      (cause) => settle(() => reject(cause)),
    );
  });
}

/** A stream is opened by its first piece: until then a failure can still have a status of its own. */
async function send(outgoing: Outgoing, channel: Channel, answering: Answering): Promise<void> {
  const { body, keepAlive } = outgoing;
  if (!(body instanceof Uint8Array)) {
    await pump(
      body,
      { ...channel, write: (piece) => openOnce(channel, outgoing).write(piece) },
      { ...answering, keepAlive },
    );
    return finish(openOnce(channel, outgoing), answering);
  }
  channel.open(outgoing);
  if (body.byteLength <= PIECE_BYTES) return finish(channel, answering, body);
  await pump(piecesOf(body), channel, answering);
  return finish(channel, answering);
}

function openOnce(channel: Channel, outgoing: Outgoing): Channel {
  if (!channel.isOpen()) channel.open(outgoing);
  return channel;
}

function* piecesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}

async function finish(channel: Channel, { time, stalledMs }: Pick<Answering, 'time' | 'stalledMs'>, last?: Uint8Array) {
  const ended = channel.end(last);
  if (ended && !(await isDoneWithin(ended, stalledMs, time))) channel.cut();
}

/** The host knows no dialects: this plain answer is for failures that the gateway should have caught. */
async function sayFailed(cause: unknown, channel: Channel, time: Time): Promise<void> {
  if (channel.isOpen() || channel.gone()) return channel.cut();
  const isLate = cause instanceof GatewayError && cause.kind === 'timeout';
  const failed = isLate
    ? jsonOutgoing(504, { error: { message: 'The gateway did not answer in time.', type: 'timeout_error' } })
    : jsonOutgoing(500, { error: { message: 'The gateway failed to answer this request.', type: 'internal_error' } });
  try {
    channel.open(failed);
    await finish(channel, { time, stalledMs: FAILURE_MS }, failed.body as Uint8Array);
  } catch {
    // This answer failed too: close the connection.
    channel.cut();
  }
}
