import type { Time } from '../async/time.ts';
import type { Group } from '../call/virtual-key.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { MasterKeys } from '../gateway/master-key.ts';
import type { Checks } from '../gateway/readiness.ts';
import type { Log } from '../log.ts';
import type { Memory } from '../remember/memory.ts';
import type { Description } from '../vision/ports.ts';
import type { AdminKey, KeyRecord } from './records.ts';

/** All that the administration needs from outside. What is stored fails with `overloaded` where the table is away. */
export interface OperationsPorts {
  catalog: Catalog;
  masterKeys: MasterKeys;
  keys: KeyStore;
  groups: GroupStore;
  adminKeys: AdminKeyStore;
  audit: AuditLog;
  usage: UsageRecords;
  descriptions: Pick<Memory<Description>, 'clear' | 'statistics'>;
  /** Called when a key was changed: a process that also serves callers forgets what it remembers of it. */
  keyChanged(id: string): void;
  /** The same for a group. */
  groupChanged(id: string): void;
  checks: Checks;
  log: Log;
  time: Time;
  /** A new id, unique for ever, of letters and digits. */
  newId: () => string;
  entropy: (size: number) => Uint8Array;
}

/** A value as it is stored. Each change makes the version one larger, and is refused where another came before it. */
export interface Stored<Value> {
  value: Value;
  version: number;
}

export interface Page<Value> {
  items: Stored<Value>[];
  /** Where the next page begins; absent on the last one. */
  next?: string;
}

/** Who changed what, with the value before and after. No secret is in it. */
export interface AuditEntry {
  id: string;
  /** ISO 8601 with milliseconds. */
  time: string;
  /** `master`, or the id of an admin key. */
  actor: string;
  /** `key.create`, `group.delete`, … */
  action: string;
  /** Id of what was changed. */
  subject: string;
  before: unknown;
  after: unknown;
  requestId: string;
}

/** A change of a value that is stored, with its audit entry: both are written, or neither. */
export interface Change<Value> {
  value: Value;
  /** The version that is changed. */
  version: number;
  entry: AuditEntry;
}

export interface Store<Value> {
  read(id: string): Promise<Stored<Value> | undefined>;
  /** Throws `invalid_request` where the cursor is none of ours. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<Page<Value>>;
  /** Whether it was done; not where another change came first. */
  change(change: Change<Value>): Promise<boolean>;
}

export interface GroupStore extends Store<Group> {
  /** Whether it was done; not where there is one of this id. */
  create(value: Group, entry: AuditEntry): Promise<boolean>;
  remove(change: Change<Group>): Promise<boolean>;
}

interface SecretStore<Value> extends Store<Value> {
  /** Whether it was done; not where there is a value with this SHA-256. */
  create(sha256: string, value: Value, entry: AuditEntry): Promise<boolean>;
}

export interface KeyStore extends SecretStore<KeyRecord> {
  /** Gives a key another secret; the one before stands for the same key until then (epoch seconds). */
  rotate(sha256: string, until: number, change: Change<KeyRecord>): Promise<boolean>;
  /** Whether a key that is not revoked names this group. Keys made in the last second may be missed. */
  isGroupUsed(group: string): Promise<boolean>;
  /** The group of each key that has one, by the key's id. */
  groupsOfKeys(): Promise<ReadonlyMap<string, string>>;
}

export interface AdminKeyStore extends SecretStore<AdminKey> {
  find(sha256: string): Promise<AdminKey | undefined>;
}

export interface AuditLog {
  /**
   * Writes an entry of what is no change of a stored value: those have theirs with them. The same entry again takes the place of the
   * first. Fails with `overloaded` where the table is away.
   */
  write(entry: AuditEntry): Promise<void>;
  /** The entries of a month (`2026-11`), newest first. */
  list(
    month: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: AuditEntry[]; next?: string }>;
}

/** What the usage report reads of a record. */
export interface ReportedRecord {
  caller: string;
  callerName?: string | undefined;
  callerGroup?: string | undefined;
  session?: string | undefined;
  agent?: string | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  error?: string | undefined;
  /** The attempts as JSON, `AttemptLine[]`. */
  lines: string;
}

export interface UsageRecords {
  /** All records of a day (`2026-11-21`), page by page, in no order. Fails with the signal's reason. */
  ofDay(day: string, signal: AbortSignal): AsyncIterable<readonly ReportedRecord[]>;
}
