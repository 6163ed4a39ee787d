import type { z } from '@hono/zod-openapi';
import { ORGANIZATION } from '../../call/virtual-key.ts';
import { GatewayError } from '../../errors.ts';
import { sha256Of } from '../../gateway/master-key.ts';
import { type AdminApp, type AdminEnv, askingOf } from '../app.ts';
import { changeStored, entryOf, notFound, timeId, withChanges } from '../change.ts';
import type { OperationsPorts, Stored } from '../ports.ts';
import { checkProviderFields } from '../provider-fields.ts';
import type { KeyRecord } from '../records.ts';
import { keyPrefix, makeSecret } from '../secret.ts';
import { versionIn } from '../wire.ts';
import { keyPaths, type keyView, type newKey } from './key-paths.ts';

/** No key has more earlier secrets at once. */
const MOST_PREVIOUS = 5;

interface Named {
  sha256: string;
  hint?: string;
}

/** Virtual keys. A change holds within 30 s in every process that serves callers, and at once in this one. */
export function addKeyRoutes(app: AdminApp, ports: OperationsPorts): void {
  const { keys, groups, adminKeys, keyChanged, masterKeys, catalog, time } = ports;
  const nowSeconds = (): number => Math.floor(time.now() / 1000);
  /** A key that was made here has a hint; one that was imported has none. */
  async function create(
    { sha256, hint }: Named,
    fields: z.output<typeof newKey>,
    env: AdminEnv['Bindings'],
  ): Promise<Stored<KeyRecord>> {
    checkProviderFields(fields, catalog);
    await checkGroup(fields.group);
    const value = withChanges<KeyRecord>(
      { id: timeId('key', ports), revoked: false, createdAt: nowSeconds(), ...fields },
      { hint },
    );
    const action = hint === undefined ? 'key.import' : 'key.create';
    const entry = entryOf({ action, asking: askingOf(env), subject: value.id, before: null, after: value }, ports);
    if (!(await keys.create(sha256, value, entry))) {
      throw new GatewayError('conflict', 'There is a key with this SHA-256 already.', { param: 'sha256' });
    }
    keyChanged(value.id);
    return { value, version: 1 };
  }

  async function checkGroup(id: string | undefined | null): Promise<void> {
    if (id === ORGANIZATION) {
      const message = `The group '${id}' holds for every key; a key cannot be placed in it.`;
      throw new GatewayError('unprocessable', message, { param: 'group', code: 'no_such_group' });
    }
    if (id === undefined || id === null || (await groups.read(id))) return;
    const message = `There is no group '${id}'; make it first.`;
    throw new GatewayError('unprocessable', message, { param: 'group', code: 'no_such_group' });
  }

  async function change(
    id: string,
    action: string,
    { env, version }: { env: AdminEnv['Bindings']; version: number | undefined },
    next: (key: KeyRecord) => KeyRecord,
    write = keys.change,
  ): Promise<Stored<KeyRecord>> {
    const changing = { id, action, asking: askingOf(env), version, read: keys.read, next, write };
    try {
      return await changeStored(changing, ports);
    } finally {
      // Also where it failed: a write whose answer was lost may have been made.
      keyChanged(id);
    }
  }

  app.openapi(keyPaths.list, async (c) => {
    const { group: wanted, ...page } = c.req.valid('query');
    const { items, next } = await keys.list(page);
    const data = items.filter(({ value }) => wanted === undefined || value.group === wanted).map(viewOf(nowSeconds()));
    return c.json({ data, next: next ?? null }, 200);
  });
  app.openapi(keyPaths.create, async (c) => {
    const secret = makeSecret(keyPrefix, ports.entropy);
    const stored = await create(secret, c.req.valid('json'), c.env);
    return c.json({ ...viewOf(nowSeconds())(stored), key: secret.text }, 201);
  });
  app.openapi(keyPaths.import, async (c) => {
    const { sha256, ...fields } = c.req.valid('json');
    if ((await masterKeys()).map(sha256Of).includes(sha256.toLowerCase())) {
      throw new GatewayError('unprocessable', 'This is the master key; it is no virtual key.', { param: 'sha256' });
    }
    if (await adminKeys.find(sha256.toLowerCase())) {
      throw new GatewayError('unprocessable', 'This is an admin key; it is no virtual key.', { param: 'sha256' });
    }
    return c.json(viewOf(nowSeconds())(await create({ sha256: sha256.toLowerCase() }, fields, c.env)), 201);
  });
  app.openapi(keyPaths.read, async (c) => {
    const { id } = c.req.valid('param');
    const stored = await keys.read(id);
    if (!stored) throw notFound(id);
    return c.json(viewOf(nowSeconds())(stored), 200);
  });
  app.openapi(keyPaths.change, async (c) => {
    const changes = c.req.valid('json');
    checkProviderFields(changes, catalog);
    await checkGroup(changes.group);
    const asked = { env: c.env, version: versionIn(c.req.valid('header')) };
    const next = (key: KeyRecord) => withChanges(key, changes);
    return c.json(viewOf(nowSeconds())(await change(c.req.valid('param').id, 'key.change', asked, next)), 200);
  });
  app.openapi(keyPaths.rotate, async (c) => {
    const until = Math.max(1, nowSeconds() + c.req.valid('json').overlapSeconds);
    const secret = makeSecret(keyPrefix, ports.entropy);
    const next = (key: KeyRecord): KeyRecord => {
      if (key.revoked) throw new GatewayError('conflict', 'This key is revoked; make another one.');
      // Without an overlap all earlier secrets end: that is what a key that leaked needs.
      const isAtOnce = until <= nowSeconds();
      const previous = isAtOnce
        ? []
        : [...validAt(nowSeconds(), key), withChanges({ expiresAt: until }, { hint: key.hint })];
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
  app.openapi(keyPaths.revoke, async (c) => {
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
