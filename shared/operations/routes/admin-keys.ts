import { createRoute, z } from '@hono/zod-openapi';
import { GatewayError } from '../../errors.ts';
import { type AdminApp, type AdminEnv, askingOf } from '../app.ts';
import { changeStored, entryOf, notFound, timeId, withChanges } from '../change.ts';
import type { OperationsPorts, Stored } from '../ports.ts';
import { type AdminKey, adminKey } from '../records.ts';
import { adminKeyPrefix, makeSecret } from '../secret.ts';
import { jsonBody, jsonOf, pageOf, pageQuery, refusals } from '../wire.ts';

const { name, access, expiresAt } = adminKey.shape;

const newAdminKey = z.strictObject({ name, access: access.default('read'), expiresAt }).openapi('NewAdminKey');
const adminKeyView = adminKey.extend({ version: z.int() }).openapi('AdminKey');
// Not `adminKeyView.extend`: the document would have it fit two schemas, each of which forbids the fields of the other.
const shownOnce = z
  .strictObject({ ...adminKeyView.shape, key: z.string() })
  .openapi('AdminKeyWithSecret', { description: '`key` is shown this once, and stored nowhere.' });

const params = z.object({ id: adminKey.shape.id });
const one = jsonOf(adminKeyView, 'The admin key, without its secret.');

const paths = {
  list: createRoute({
    method: 'get',
    path: '/admin-keys',
    summary: 'Admin keys, newest first',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: jsonOf(pageOf(adminKeyView, 'AdminKeyPage'), 'A page of admin keys.'), ...refusals },
  }),
  create: createRoute({
    method: 'post',
    path: '/admin-keys',
    summary: 'Makes an admin key; master key only',
    request: jsonBody(newAdminKey),
    responses: { 201: jsonOf(shownOnce, 'The admin key with its secret.'), ...refusals },
  }),
  read: createRoute({
    method: 'get',
    path: '/admin-keys/{id}',
    summary: 'An admin key',
    request: { params },
    responses: { 200: one, ...refusals },
  }),
  revoke: createRoute({
    method: 'post',
    path: '/admin-keys/{id}/revoke',
    summary: 'Ends an admin key for good; master key only',
    request: { params },
    responses: { 200: one, ...refusals },
  }),
};

/** Keys to the administration. Only the master key makes and ends them: an admin key cannot make its own successor. */
export function addAdminKeyRoutes(app: AdminApp, ports: OperationsPorts): void {
  const { adminKeys, time } = ports;

  app.openapi(paths.list, async (c) => {
    const { items, next } = await adminKeys.list(c.req.valid('query'));
    return c.json({ data: items.map(viewOf), next: next ?? null }, 200);
  });
  app.openapi(paths.create, async (c) => {
    checkMaster(c.env);
    const secret = makeSecret(adminKeyPrefix, ports.entropy);
    const value = withChanges<AdminKey>(
      { id: timeId('adm', ports), revoked: false, createdAt: Math.floor(time.now() / 1000), ...c.req.valid('json') },
      { hint: secret.hint },
    );
    const asking = askingOf(c.env);
    const entry = entryOf({ action: 'admin_key.create', asking, subject: value.id, before: null, after: value }, ports);
    if (!(await adminKeys.create(secret.sha256, value, entry))) {
      throw new GatewayError('conflict', 'This admin key exists already.');
    }
    return c.json({ ...viewOf({ value, version: 1 }), key: secret.text }, 201);
  });
  app.openapi(paths.read, async (c) => {
    const { id } = c.req.valid('param');
    const stored = await adminKeys.read(id);
    if (!stored) throw notFound(id);
    return c.json(viewOf(stored), 200);
  });
  app.openapi(paths.revoke, async (c) => {
    checkMaster(c.env);
    const stored = await changeStored(
      {
        id: c.req.valid('param').id,
        action: 'admin_key.revoke',
        asking: askingOf(c.env),
        version: undefined,
        read: adminKeys.read,
        next: (value) => ({ ...value, revoked: true }),
        write: adminKeys.change,
      },
      ports,
    );
    return c.json(viewOf(stored), 200);
  });
}

function checkMaster({ actor }: AdminEnv['Bindings']): void {
  if (actor.access === 'master') return;
  throw new GatewayError('forbidden', 'Only the master key may make or revoke admin keys.');
}

const viewOf = ({ value, version }: Stored<AdminKey>): z.output<typeof adminKeyView> => ({ ...value, version });
