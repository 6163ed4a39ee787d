import type { Reading } from '../call/attempt.ts';
import { type Caller, callerId, isRuled } from '../call/caller.ts';
import { ORGANIZATION } from '../call/virtual-key.ts';
import type { Target } from '../catalog/catalog.ts';
import type { Usage } from '../chat/usage.ts';
import type { AgentIds } from '../dialects/agents.ts';
import type { ErrorKind, GatewayError } from '../errors.ts';
import { bounded } from '../log.ts';
import type { AttemptState } from './attempt.ts';

/** Longer names are cut. */
const MOST_NAME_CHARACTERS = 256;

/** Where finished records go. */
export interface Records {
  /** Writes a record's line to the log, with its metrics. */
  report(record: UsageRecord): void;
  /** Stores a record. Never fails: what cannot be stored goes to the log, whole. */
  write(record: UsageRecord): Promise<void>;
}

/** What one request was and what it cost; immutable, written once. */
export interface UsageRecord {
  requestId: string;
  /** Start, ISO 8601 with milliseconds. */
  time: string;
  /** `master`, the id of a virtual key, `<issuer>#<subject>` of a token, or an ARN. */
  caller: string;
  callerName?: string;
  /** Id of the group of a caller without a key: that of a key is known by the key. */
  callerGroup?: string;
  /** Ids of the conversation, of the agent in it that asked, and of the one that began that agent, where its program says them. */
  session?: string;
  agent?: string;
  parentAgent?: string;
  /** What the request was for, as its endpoint says: `chat`, `embedding`, `moderation`, `rerank`. */
  purpose: string;
  /** Dialect of the caller. */
  dialect: string;
  askedModel: string;
  /** Of the attempt that answered, or whose failure the caller got; so are `model`, `usage` and `finish`. */
  provider?: string;
  model?: string;
  /** Absent where no provider began to answer, or may have. */
  usage?: Usage;
  firstTokenMs?: number;
  totalMs: number;
  /** Status of the answer; of the error where one ended the stream, 499 where the caller left. */
  status: number;
  streamed: boolean;
  finish?: string;
  /** Kind of the error that ended it, in the stream or before. */
  error?: ErrorKind;
  /** A line for each attempt, in the order they were begun. */
  attempts: AttemptLine[];
}

/** What one attempt was and what it cost. */
export interface AttemptLine {
  /** `vision`: it described an image. */
  purpose: 'answer' | 'vision';
  provider: string;
  model: string;
  /** Milliseconds from the request's start to the attempt's. */
  startedMs: number;
  firstTokenMs?: number;
  totalMs: number;
  usage?: Usage;
  finish?: string;
  /** Kind of the error it ended with; absent where it answered. */
  error?: ErrorKind;
  /** The request was written twice, to a kept connection that broke and to a new one: it may have been charged twice. */
  sentTwice?: true;
  /** Events that could not be read and passed all the same. */
  unreadable?: number;
}

/** All tokens that were used for a request, those of every attempt. */
export const tokensOf = ({ attempts }: Pick<UsageRecord, 'attempts'>): number =>
  attempts.reduce((sum, { usage }) => sum + (usage ? usage.input + usage.output : 0), 0);

/** A request that is over. */
export interface FinishedRequest {
  requestId: string;
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
  caller: Caller;
  agentIds: AgentIds;
  dialect: string;
  purpose: string;
  model: string;
  stream: boolean;
  status: number;
  /** What ended it, where it did not end well. */
  error: GatewayError | undefined;
  attempts: readonly AttemptState[];
}

/** The usage record of a request that is over. */
export function recordOf(finished: FinishedRequest): UsageRecord {
  const { requestId, startedAt, endedAt, caller, dialect, purpose, model, stream, status, attempts } = finished;
  const counting = countingAttempt(finished);
  const reading = counting?.meter.reading();
  const error = finished.error ?? reading?.error;
  const record: UsageRecord = {
    requestId,
    time: new Date(startedAt).toISOString(),
    caller: nameOf(callerId(caller)),
    purpose,
    dialect,
    askedModel: nameOf(model),
    totalMs: endedAt - startedAt,
    status,
    streamed: stream,
    attempts: attempts.map((attempt) => lineOf(attempt, startedAt)),
  };
  // Set and not spread: every request makes two such objects, and a spread for each field costs more than all else here.
  if (isRuled(caller)) record.callerName = nameOf(caller.name);
  const group = groupOf(caller);
  if (group !== undefined) record.callerGroup = group;
  Object.assign(record, finished.agentIds);
  if (counting) Object.assign(record, namesOf(counting.target));
  if (reading) setReading(record, reading, startedAt);
  if (error) record.error = error.kind;
  return record;
}

const groupOf = (caller: Caller): string | undefined =>
  caller.type === 'identity' ? caller.groups.find(({ id }) => id !== ORGANIZATION)?.id : undefined;

/** The attempt that answered; else the one whose error the caller got; else the last. Descriptions of images never count. */
export function countingAttempt({
  attempts,
  error,
}: Pick<FinishedRequest, 'attempts' | 'error'>): AttemptState | undefined {
  const answers = attempts.filter(({ purpose }) => purpose === 'answer');
  return (
    answers.find((attempt) => attempt.error === undefined) ??
    answers.find((attempt) => attempt.error === error) ??
    answers.at(-1)
  );
}

function lineOf(attempt: AttemptState, requestStartedAt: number): AttemptLine {
  const { target, purpose, started, endedAt = started, isSentTwice, meter, error } = attempt;
  const reading = meter.reading();
  const line: AttemptLine = {
    purpose,
    ...namesOf(target),
    startedMs: started - requestStartedAt,
    totalMs: endedAt - started,
  };
  setReading(line, reading, started);
  if (error) line.error = error.kind;
  if (isSentTwice) line.sentTwice = true;
  if (reading.unreadable > 0) line.unreadable = reading.unreadable;
  return line;
}

/** Callers choose names of models as they like, and the table refuses an item of more than 400 KB. */
const nameOf = (text: string): string => bounded(text, MOST_NAME_CHARACTERS);

const namesOf = ({ provider, model, profileOf = model }: Target) => ({
  provider: nameOf(provider.name),
  model: nameOf(profileOf),
});

function setReading(
  into: Pick<UsageRecord, 'usage' | 'firstTokenMs' | 'finish'>,
  { usage, firstTokenAt, finish }: Reading,
  startedAt: number,
): void {
  if (usage) into.usage = usage;
  if (firstTokenAt !== undefined) into.firstTokenMs = firstTokenAt - startedAt;
  if (finish !== undefined) into.finish = finish;
}
