import { createRoute, z } from '@hono/zod-openapi';
import { type Group, group, ORGANIZATION } from '../../call/virtual-key.ts';
import { GatewayError } from '../../errors.ts';
import { type AdminApp, askingOf } from '../app.ts';
import { changeStored, entryOf, notFound, withChanges } from '../change.ts';
import type { OperationsPorts, Stored } from '../ports.ts';
import { checkProviderFields } from '../provider-fields.ts';
import { ifMatch, jsonBody, jsonOf, pageOf, pageQuery, refusals, versionIn } from '../wire.ts';

const { id, name, rules, providerKeys, inferenceProfiles } = group.shape;

const newGroup = z.strictObject({ id, name, rules, providerKeys, inferenceProfiles }).openapi('NewGroup');
const groupChanges = z
  .strictObject({
    name: name.optional(),
    rules: rules.nullable(),
    providerKeys: providerKeys.nullable(),
    inferenceProfiles: inferenceProfiles.nullable(),
  })
  .openapi('GroupChanges', { description: 'A field that is there is replaced whole; null removes it.' });
const groupView = group.extend({ version: z.int() }).openapi('Group');

const params = z.object({ id });
const one = jsonOf(groupView, 'The group.');

const paths = {
  list: createRoute({
    method: 'get',
    path: '/groups',
    summary: 'Groups, by their ids',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: jsonOf(pageOf(groupView, 'GroupPage'), 'A page of groups.'), ...refusals },
  }),
  create: createRoute({
    method: 'post',
    path: '/groups',
    summary: `Makes a group; the one with the id ${ORGANIZATION} holds for all keys`,
    request: jsonBody(newGroup),
    responses: { 201: one, ...refusals },
  }),
  read: createRoute({
    method: 'get',
    path: '/groups/{id}',
    summary: 'A group',
    request: { params },
    responses: { 200: one, ...refusals },
  }),
  change: createRoute({
    method: 'patch',
    path: '/groups/{id}',
    summary: 'Changes a group',
    request: { params, headers: ifMatch, ...jsonBody(groupChanges) },
    responses: { 200: one, ...refusals },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/groups/{id}',
    summary: 'Removes a group that no key names, except revoked ones',
    request: { params, headers: ifMatch },
    responses: { 200: jsonOf(groupView, 'The group as it was.'), ...refusals },
  }),
};

/** What keys share: teams, and the organisation. */
export function addGroupRoutes(app: AdminApp, ports: OperationsPorts): void {
  const { groups, keys, groupChanged, catalog, time } = ports;

  app.openapi(paths.list, async (c) => {
    const { items, next } = await groups.list(c.req.valid('query'));
    return c.json({ data: items.map(viewOf), next: next ?? null }, 200);
  });
  app.openapi(paths.create, async (c) => {
    checkProviderFields(c.req.valid('json'), catalog);
    const value: Group = { ...c.req.valid('json'), createdAt: Math.floor(time.now() / 1000) };
    const asking = askingOf(c.env);
    const entry = entryOf({ action: 'group.create', asking, subject: value.id, before: null, after: value }, ports);
    if (!(await groups.create(value, entry))) {
      throw new GatewayError('conflict', `There is a group '${value.id}' already.`, { param: 'id' });
    }
    groupChanged(value.id);
    const stored = await groups.read(value.id);
    return c.json(viewOf({ value, version: stored?.version ?? 1 }), 201);
  });
  app.openapi(paths.read, async (c) => {
    const asked = c.req.valid('param').id;
    const stored = await groups.read(asked);
    if (!stored) throw notFound(asked);
    return c.json(viewOf(stored), 200);
  });
  app.openapi(paths.change, async (c) => {
    const changes = c.req.valid('json');
    checkProviderFields(changes, catalog);
    const stored = await changeStored(
      {
        id: c.req.valid('param').id,
        action: 'group.change',
        asking: askingOf(c.env),
        version: versionIn(c.req.valid('header')),
        read: groups.read,
        next: (value) => withChanges(value, changes),
        write: groups.change,
      },
      ports,
    ).finally(() => groupChanged(c.req.valid('param').id));
    return c.json(viewOf(stored), 200);
  });
  app.openapi(paths.remove, async (c) => {
    const asked = c.req.valid('param').id;
    const stored = await groups.read(asked);
    if (!stored) throw notFound(asked);
    const version = versionIn(c.req.valid('header'));
    if (version !== undefined && version !== stored.version) throw changed(412);
    if (await keys.isGroupUsed(asked)) {
      throw new GatewayError(
        'conflict',
        `Keys name the group '${asked}'; give them another one or revoke them first.`,
        {
          code: 'group_in_use',
        },
      );
    }
    const { value } = stored;
    const asking = askingOf(c.env);
    const entry = entryOf({ action: 'group.delete', asking, subject: asked, before: value, after: null }, ports);
    if (!(await groups.remove({ ...stored, entry }))) throw changed(409);
    groupChanged(asked);
    return c.json(viewOf(stored), 200);
  });
}

const changed = (status: number): GatewayError =>
  new GatewayError('conflict', 'Another change came first; read it again.', { status, code: 'version_mismatch' });

const viewOf = ({ value, version }: Stored<Group>): z.output<typeof groupView> => ({ ...value, version });
