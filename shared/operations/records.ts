import * as z from 'zod';
import { LATEST_SECONDS, virtualKey } from '../call/virtual-key.ts';

/** The last characters of a secret, by which its owner recognises it. */
const hint = z.string().max(16);

/** A virtual key as it is stored. */
export const keyRecord = virtualKey.extend({
  /** Absent for a key that was imported: its secret was never here. */
  hint: hint.optional(),
  /** Epoch seconds. */
  rotatedAt: z.int().positive().optional(),
  /** Earlier secrets that still stand for this key, each until its time (epoch seconds). */
  previous: z
    .array(z.strictObject({ hint: hint.optional(), expiresAt: z.int().positive().max(LATEST_SECONDS) }))
    .optional(),
});

/** A key to the administration. It opens nothing else. */
export const adminKey = z.strictObject({
  id: z.string().regex(/^adm_[A-Za-z0-9]{8,64}$/),
  name: z.string().min(1).max(200),
  /** `read`: sees everything that is administered, changes nothing. */
  access: z.enum(['read', 'write']),
  revoked: z.boolean(),
  /** Epoch seconds. */
  expiresAt: z.int().positive().max(LATEST_SECONDS).optional(),
  createdAt: z.int().positive(),
  hint: hint.optional(),
});

export type KeyRecord = z.output<typeof keyRecord>;
export type AdminKey = z.output<typeof adminKey>;
