import { createRoute, z } from '@hono/zod-openapi';
import { virtualKey } from '../../call/virtual-key.ts';
import { keyRecord } from '../records.ts';
import { ifMatch, jsonBody, jsonOf, pageOf, pageQuery, refusals } from '../wire.ts';

const { name, group, tags, metadata, expiresAt, rules, providerKeys, inferenceProfiles } = virtualKey.shape;
const owner = z.string().min(1).max(200);

const newKeyFields = {
  name,
  owner: owner.optional(),
  group,
  tags,
  metadata,
  expiresAt,
  rules,
  providerKeys,
  inferenceProfiles,
};

export const newKey = z.strictObject(newKeyFields).openapi('NewKey');

// Not `newKey.extend`: the document would have it fit two schemas, each of which forbids the fields of the other.
const importedKey = z
  .strictObject({ ...newKeyFields, sha256: z.string().regex(/^[0-9a-fA-F]{64}$/) })
  .openapi('ImportedKey', { description: 'A key that exists elsewhere, by the SHA-256 of its text.' });

const keyChanges = z
  .strictObject({
    name: name.optional(),
    owner: owner.nullish(),
    group: group.nullable(),
    tags: tags.nullable(),
    metadata: metadata.nullable(),
    expiresAt: expiresAt.nullable(),
    rules: rules.nullable(),
    providerKeys: providerKeys.nullable(),
    inferenceProfiles: inferenceProfiles.nullable(),
  })
  .openapi('KeyChanges', { description: 'A field that is there is replaced whole; null removes it.' });

/** Longest time that an earlier secret may go on: a week. */
const MOST_OVERLAP_SECONDS = 7 * 86_400;

const rotation = z
  .strictObject({ overlapSeconds: z.int().min(0).max(MOST_OVERLAP_SECONDS).default(86_400) })
  .openapi('Rotation', { description: 'How long the secret before goes on; 0 ends it at once.' });

export const keyView = keyRecord.extend({ version: z.int() }).openapi('Key');
const shownOnce = z
  .strictObject({ ...keyView.shape, key: z.string() })
  .openapi('KeyWithSecret', { description: '`key` is shown this once, and stored nowhere.' });

const params = z.object({ id: virtualKey.shape.id });
const one = jsonOf(keyView, 'The key, without its secret.');

/** The paths of virtual keys, with the schemas of what they take and answer. */
export const keyPaths = {
  list: createRoute({
    method: 'get',
    path: '/keys',
    summary: 'Keys, newest first',
    request: { query: z.strictObject({ ...pageQuery, group: z.string().min(1).max(100).optional() }) },
    responses: { 200: jsonOf(pageOf(keyView, 'KeyPage'), 'A page of keys.'), ...refusals },
  }),
  create: createRoute({
    method: 'post',
    path: '/keys',
    summary: 'Makes a key',
    request: jsonBody(newKey),
    responses: { 201: jsonOf(shownOnce, 'The key with its secret.'), ...refusals },
  }),
  import: createRoute({
    method: 'post',
    path: '/keys/import',
    summary: 'Takes over a key that exists elsewhere',
    request: jsonBody(importedKey),
    responses: { 201: one, ...refusals },
  }),
  read: createRoute({
    method: 'get',
    path: '/keys/{id}',
    summary: 'A key',
    request: { params },
    responses: { 200: one, ...refusals },
  }),
  change: createRoute({
    method: 'patch',
    path: '/keys/{id}',
    summary: 'Changes a key',
    request: { params, headers: ifMatch, ...jsonBody(keyChanges) },
    responses: { 200: one, ...refusals },
  }),
  rotate: createRoute({
    method: 'post',
    path: '/keys/{id}/rotate',
    summary: 'Gives a key another secret',
    request: { params, headers: ifMatch, ...jsonBody(rotation) },
    responses: { 200: jsonOf(shownOnce, 'The key with its new secret.'), ...refusals },
  }),
  revoke: createRoute({
    method: 'post',
    path: '/keys/{id}/revoke',
    summary: 'Ends a key for good, with all its secrets',
    request: { params, headers: ifMatch },
    responses: { 200: one, ...refusals },
  }),
};
