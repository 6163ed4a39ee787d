import { createRoute, z } from '@hono/zod-openapi';
import { virtualKey } from '../../call/virtual-key.ts';
import { GatewayError } from '../../errors.ts';
import { type AdminApp, askingOf } from '../app.ts';
import { changeStored, entryOf, notFound, timeId, withChanges } from '../change.ts';
import type { OperationsPorts, Stored } from '../ports.ts';
import { type KeyRecord, keyRecord } from '../records.ts';
import { keyPrefix, makeSecret, sha256Of } from '../secret.ts';
import { ifMatch, jsonBody, jsonOf, pageOf, pageQuery, refusals, versionIn } from '../wire.ts';

const { name, group, tags, metadata, expiresAt, rules } = virtualKey.shape;
const owner = z.string().min(1).max(200);

const newKey = z
  .strictObject({
    name,
    owner: owner.optional(),
    group,
    tags,
    metadata,
    expiresAt,
    rules,
  })
  .openapi('NewKey');

const importedKey = newKey
  .extend({ sha256: z.string().regex(/^[0-9a-fA-F]{64}$/) })
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
  })
  .openapi('KeyChanges', { description: 'A field that is there is replaced whole; null removes it.' });

/** Longest time that an earlier secret may go on: a week. */
const MOST_OVERLAP_SECONDS = 7 * 86_400;
const MOST_PREVIOUS = 5;

const rotation = z
  .strictObject({ overlapSeconds: z.int().min(0).max(MOST_OVERLAP_SECONDS).default(86_400) })
  .openapi('Rotation', { description: 'How long the secret before goes on; 0 ends it at once.' });

const keyView = keyRecord.extend({ version: z.int() }).openapi('Key');
const shownOnce = keyView
  .extend({ key: z.string() })
  .openapi('KeyWithSecret', { description: '`key` is shown this once, and stored nowhere.' });

const params = z.object({ id: virtualKey.shape.id });
const one = jsonOf(keyView, 'The key, without its secret.');

const paths = {
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

/** Virtual keys. A change holds within 30 s in every process that serves callers, and at once in this one. */
export function addKeyRoutes(app: AdminApp, ports: OperationsPorts): void {
  const { keys, groups, keyChanged, masterKey, time } = ports;
  const nowSeconds = (): number => Math.floor(time.now() / 1000);
  const create = (
    sha256: string,
    fields: z.output<typeof newKey>,
    hint: string | undefined,
    env: Parameters<typeof askingOf>[0],
  ) => createKey({ sha256, fields, hint, action: hint === undefined ? 'key.import' : 'key.create', env });

  interface Creating {
    sha256: string;
    fields: z.output<typeof newKey>;
    hint: string | undefined;
    action: string;
    env: Parameters<typeof askingOf>[0];
  }

  async function createKey({ sha256, fields, hint, action, env }: Creating): Promise<Stored<KeyRecord>> {
    await checkGroup(fields.group);
    const value = withChanges<KeyRecord>(
      { id: timeId('key', ports), revoked: false, createdAt: nowSeconds(), ...fields },
      { hint },
    );
    const entry = entryOf({ action, asking: askingOf(env), subject: value.id, before: null, after: value }, ports);
    if (!(await keys.create(sha256, value, entry))) {
      throw new GatewayError('conflict', 'There is a key with this SHA-256 already.', { param: 'sha256' });
    }
    return { value, version: 1 };
  }

  async function checkGroup(id: string | undefined | null): Promise<void> {
    if (id === undefined || id === null || (await groups.read(id))) return;
    const message = `There is no group '${id}'; make it first.`;
    throw new GatewayError('unprocessable', message, { param: 'group', code: 'no_such_group' });
  }

  async function change(
    id: string,
    action: string,
    { env, version }: { env: Parameters<typeof askingOf>[0]; version: number | undefined },
    next: (key: KeyRecord) => KeyRecord,
    write = keys.change,
  ): Promise<Stored<KeyRecord>> {
    const changing = { id, action, asking: askingOf(env), version, read: keys.read, next, write };
    const changed = await changeStored(changing, ports);
    keyChanged(id);
    return changed;
  }

  app.openapi(paths.list, async (c) => {
    const { group: wanted, ...page } = c.req.valid('query');
    const { items, next } = await keys.list(page);
    const data = items.filter(({ value }) => wanted === undefined || value.group === wanted).map(viewOf(nowSeconds()));
    return c.json({ data, next: next ?? null }, 200);
  });
  app.openapi(paths.create, async (c) => {
    const secret = makeSecret(keyPrefix, ports.randomBytes);
    const stored = await create(secret.sha256, c.req.valid('json'), secret.hint, c.env);
    return c.json({ ...viewOf(nowSeconds())(stored), key: secret.text }, 201);
  });
  app.openapi(paths.import, async (c) => {
    const { sha256, ...fields } = c.req.valid('json');
    if (sha256.toLowerCase() === sha256Of(await masterKey())) {
      throw new GatewayError('unprocessable', 'This is the master key; it is no virtual key.', { param: 'sha256' });
    }
    return c.json(viewOf(nowSeconds())(await create(sha256.toLowerCase(), fields, undefined, c.env)), 201);
  });
  app.openapi(paths.read, async (c) => {
    const { id } = c.req.valid('param');
    const stored = await keys.read(id);
    if (!stored) throw notFound(id);
    return c.json(viewOf(nowSeconds())(stored), 200);
  });
  app.openapi(paths.change, async (c) => {
    const changes = c.req.valid('json');
    await checkGroup(changes.group);
    const asked = { env: c.env, version: versionIn(c.req.valid('header')) };
    const next = (key: KeyRecord) => withChanges(key, changes);
    return c.json(viewOf(nowSeconds())(await change(c.req.valid('param').id, 'key.change', asked, next)), 200);
  });
  app.openapi(paths.rotate, async (c) => {
    const until = Math.max(1, nowSeconds() + c.req.valid('json').overlapSeconds);
    const secret = makeSecret(keyPrefix, ports.randomBytes);
    const next = (key: KeyRecord): KeyRecord => {
      if (key.revoked) throw new GatewayError('conflict', 'This key is revoked; make another one.');
      const previous = [...validAt(nowSeconds(), key), withChanges({ expiresAt: until }, { hint: key.hint })];
      if (previous.length > MOST_PREVIOUS) {
        const message = `${MOST_PREVIOUS} earlier secrets of this key are still valid; wait, or make another key.`;
        throw new GatewayError('conflict', message);
      }
      return { ...key, hint: secret.hint, rotatedAt: nowSeconds(), previous };
    };
    const asked = { env: c.env, version: versionIn(c.req.valid('header')) };
    const stored = await change(c.req.valid('param').id, 'key.rotate', asked, next, (changed) =>
      keys.rotate(secret.sha256, until, changed),
    );
    return c.json({ ...viewOf(nowSeconds())(stored), key: secret.text }, 200);
  });
  app.openapi(paths.revoke, async (c) => {
    const asked = { env: c.env, version: versionIn(c.req.valid('header')) };
    const next = (key: KeyRecord) => ({ ...key, revoked: true });
    return c.json(viewOf(nowSeconds())(await change(c.req.valid('param').id, 'key.revoke', asked, next)), 200);
  });
}

/** The earlier secrets that are valid at a time (epoch seconds). */
const validAt = (seconds: number, { previous = [] }: KeyRecord) =>
  previous.filter(({ expiresAt: until }) => until > seconds);

const viewOf =
  (seconds: number) =>
  ({ value: { previous, ...value }, version }: Stored<KeyRecord>): z.output<typeof keyView> => {
    const valid = validAt(seconds, { previous } as KeyRecord);
    return { ...value, ...(valid.length > 0 ? { previous: valid } : {}), version };
  };
