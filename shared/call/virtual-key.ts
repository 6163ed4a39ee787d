import * as z from 'zod';
import { purposeNames } from './purpose.ts';

const name = z.string().min(1).max(200);
/** `gpt-*`: `*` stands for any text. */
const pattern = z.string().min(1).max(300);

/** How much may be used. Every level that has limits (key, group, organisation) must allow a request. */
export const limits = z.strictObject({
  /** Requests per minute. */
  rpm: z.int().positive().max(10_000_000).optional(),
  /** Tokens per minute, input and output together. */
  tpm: z.int().positive().max(10_000_000_000).optional(),
  /** Requests under way at once. */
  concurrency: z.int().positive().max(100_000).optional(),
});

/** What the callers of a key or group may do. Absent rules allow everything. */
export const rules = z.strictObject({
  /** Names of models as callers use them, any of which must match. */
  models: z.array(pattern).min(1).max(200).optional(),
  /** What requests may be for. */
  purposes: z.array(z.enum(purposeNames)).min(1).optional(),
  /** Most tokens of an answer: larger requests are lowered to it. */
  maxTokens: z.int().positive().max(100_000_000).optional(),
  limits: limits.optional(),
});

/** A key that the gateway issued. The key itself is stored nowhere, only its SHA-256. */
export const virtualKey = z.strictObject({
  /** `key_…`; never changes, also when the key is rotated. */
  id: z.string().regex(/^key_[A-Za-z0-9]{8,64}$/),
  name,
  owner: z.string().max(200).optional(),
  /** Id of its group, whose rules hold too. */
  group: z.string().max(100).optional(),
  tags: z.record(z.string().min(1).max(64), z.string().max(256)).optional(),
  metadata: z.record(z.string().min(1).max(64), z.string().max(1024)).optional(),
  revoked: z.boolean(),
  /** Epoch seconds. */
  expiresAt: z.int().positive().optional(),
  createdAt: z.int().positive(),
  rules: rules.optional(),
});

/** What keys share: a team, or (with the id `organization`) all of them. */
export const group = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  name,
  rules: rules.optional(),
  /** Names of the group's own provider keys, by the provider's name: used in place of the gateway's. */
  providerKeys: z.record(z.string().max(128), z.string().max(128)).optional(),
  createdAt: z.int().positive(),
});

export type Limits = z.output<typeof limits>;
export type Rules = z.output<typeof rules>;
export type VirtualKey = z.output<typeof virtualKey>;
export type Group = z.output<typeof group>;

/** The id of the group that every caller but the master key belongs to. */
export const ORGANIZATION = 'organization';
