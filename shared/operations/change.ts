import { GatewayError } from '../errors.ts';
import type { AuditEntry, Change, OperationsPorts, Stored } from './ports.ts';

/** What a route knows of the request that changes something. */
export interface Asking {
  /** `master`, or the id of an admin key. */
  actor: string;
  requestId: string;
}

interface Changing<Value> {
  id: string;
  action: string;
  asking: Asking;
  /** The version that the caller means; absent where the newest is meant. */
  version: number | undefined;
  read(id: string): Promise<Stored<Value> | undefined>;
  /** The value after the change; the one before where nothing is to be done. May refuse. */
  next(value: Value): Value | Promise<Value>;
  write(change: Change<Value>): Promise<boolean>;
}

/** A try fails only where another change was made meanwhile: of so many at once each is made. */
const MOST_TRIES = 20;
/** Growing up to this time between two tries, in milliseconds; so all tries together take some two seconds. */
const LONGEST_WAIT = 200;

/**
 * Changes what is stored. Where another change came first, this one is made again on its outcome, so that neither is lost;
 * where the caller named the version it meant, it is refused with 412 instead.
 */
export async function changeStored<Value extends { id: string }>(
  { id, action, asking, version, read, next, write }: Changing<Value>,
  ports: Pick<OperationsPorts, 'newId' | 'time'>,
): Promise<Stored<Value>> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await read(id);
    if (!before) throw notFound(id);
    if (version !== undefined && version !== before.version) throw outdated(before.version);
    const value = await next(before.value);
    if (value === before.value || JSON.stringify(value) === JSON.stringify(before.value)) return before;
    const entry = entryOf({ action, asking, subject: id, before: before.value, after: value }, ports);
    if (await write({ value, version: before.version, entry })) return { value, version: before.version + 1 };
    await ports.time.sleep(Math.min(LONGEST_WAIT, tries * 20) * ports.time.random());
  }
  throw new GatewayError('conflict', 'Others are changing this all the time; try again.', { retryAfter: 1 });
}

export function entryOf(
  {
    action,
    asking,
    subject,
    before,
    after,
  }: Pick<AuditEntry, 'action' | 'subject' | 'before' | 'after'> & { asking: Asking },
  { newId, time }: Pick<OperationsPorts, 'newId' | 'time'>,
): AuditEntry {
  const at = new Date(time.now()).toISOString();
  return { id: `aud_${newId()}`, time: at, ...asking, action, subject, before, after };
}

export const notFound = (id: string): GatewayError =>
  new GatewayError('not_found', `There is nothing with the id '${id.slice(0, 100)}'.`);

const outdated = (version: number): GatewayError =>
  new GatewayError('conflict', `Another change came first: the version is ${version} now.`, {
    status: 412,
    code: 'version_mismatch',
  });

/** The value with these changes; a change to null removes the field. */
export function withChanges<Value extends object>(value: Value, changes: Readonly<Record<string, unknown>>): Value {
  const merged = { ...value, ...changes };
  return Object.fromEntries(
    Object.entries(merged).filter(([, field]) => field !== null && field !== undefined),
  ) as Value;
}

/** An id that sorts by the time it was made. */
export function timeId(prefix: string, { newId, time }: Pick<OperationsPorts, 'newId' | 'time'>): string {
  return `${prefix}_${time.now().toString(36).padStart(9, '0')}${newId().slice(0, 16)}`;
}
