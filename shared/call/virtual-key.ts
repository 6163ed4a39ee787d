import * as z from 'zod';
import { rules } from '../catalog/rules.ts';

/** The end of the year 9999: dates beyond it are not written as others are. */
export const LATEST_SECONDS = 253_402_300_799;

const name = z.string().min(1).max(200);
/** Names of own provider keys, by the provider's name: used in place of the gateway's. */
const providerKeys = z.record(z.string().max(128), z.string().max(128));

/**
 * What a provider is asked for in place of a model's own id, by `<provider>/<model id>`: an inference profile's ARN, by which its
 * vendor tells apart who used what.
 */
const inferenceProfiles = z.record(
  z
    .string()
    .max(400)
    .regex(/^[^/]+\/./, 'must be <provider>/<model id>'),
  z
    .string()
    .max(512)
    .regex(/^[!-~]+$/, 'must be an id without spaces'),
);

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
  expiresAt: z.int().positive().max(LATEST_SECONDS).optional(),
  createdAt: z.int().positive(),
  rules: rules.optional(),
  providerKeys: providerKeys.optional(),
  inferenceProfiles: inferenceProfiles.optional(),
});

/** What keys share: a team, or (with the id `organization`) all of them. */
export const group = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  name,
  rules: rules.optional(),
  providerKeys: providerKeys.optional(),
  inferenceProfiles: inferenceProfiles.optional(),
  createdAt: z.int().positive(),
});

export type VirtualKey = z.output<typeof virtualKey>;
export type Group = z.output<typeof group>;

/** The id of the group that every caller but the master key belongs to. */
export const ORGANIZATION = 'organization';
