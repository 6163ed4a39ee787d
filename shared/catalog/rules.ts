import * as z from 'zod';
import { purposeNames } from './purpose.ts';

/** `gpt-*`: `*` stands for any text. */
const pattern = z.string().min(1).max(300);

/** Most names of models in one rule. */
export const MOST_MODELS = 200;

/** How much may be used. Every level that has limits (caller, group, organisation) must allow a request. */
export const limits = z.strictObject({
  /** Requests per minute. */
  rpm: z.int().positive().max(10_000_000).optional(),
  /** Tokens per minute, input and output together. */
  tpm: z.int().positive().max(10_000_000_000).optional(),
  /** Requests under way at once. */
  concurrency: z.int().positive().max(100_000).optional(),
});

/** What callers may do. Absent rules allow everything. */
export const rules = z.strictObject({
  /** Names of models as callers use them, any of which must match. */
  models: z.array(pattern).min(1).max(MOST_MODELS).optional(),
  /** What requests may be for. */
  purposes: z.array(z.enum(purposeNames)).min(1).optional(),
  /** Most tokens of an answer: larger requests are lowered to it. */
  maxTokens: z.int().positive().max(100_000_000).optional(),
  limits: limits.optional(),
});

export type Limits = z.output<typeof limits>;
export type Rules = z.output<typeof rules>;
