import { createRoute, z } from '@hono/zod-openapi';
import type { Catalog, CatalogProvider, Target } from '../../catalog/catalog.ts';
import type { AdminApp } from '../app.ts';
import type { OperationsPorts } from '../ports.ts';
import { jsonOf, refusals } from '../wire.ts';

const settings = z.record(z.string(), z.unknown());

const provider = z.strictObject({
  name: z.string(),
  dialect: z.string(),
  host: z.string(),
  auth: z.string(),
  secret: z.string().nullable(),
  headers: z.array(z.string()),
  timeouts: settings,
});

const config = z
  .strictObject({
    providers: z.array(provider),
    models: z.record(z.string(), z.array(z.string())),
    defaultModel: z.string().nullable(),
    closed: z.boolean(),
    strictParams: z.boolean(),
    stream: settings,
    limits: settings,
    media: settings,
    vision: settings,
    usage: settings,
    cors: settings.nullable(),
    issuers: z.array(settings),
    iamCallers: settings.nullable(),
  })
  .openapi('Config', {
    description:
      'The configuration that this process was started with, checked and filled with its defaults. Of a provider only the host of its address, the name of its key and the names of its headers are shown: anything else may hold a secret.',
  });

const path = createRoute({
  method: 'get',
  path: '/config',
  summary: 'The configuration that is running, without secrets',
  responses: { 200: jsonOf(config, 'Providers, models and settings.'), ...refusals },
});

export function addConfigRoutes(app: AdminApp, { catalog }: OperationsPorts): void {
  const view = viewOf(catalog);
  app.openapi(path, (c) => c.json(view, 200));
}

/** Named one by one: what is added to the configuration later is not shown unasked. */
function viewOf({ config: own, providers, models, resolve }: Catalog): z.output<typeof config> {
  const { defaultModel, closed, strictParams, stream, limits, media, vision, usage, cors, jwt, aws } = own;
  return {
    providers: [...providers.values()].map(providerView),
    models: Object.fromEntries(models.map(({ id }) => [id, (resolve(id) ?? []).map(nameOf)])),
    defaultModel: defaultModel ?? null,
    closed,
    strictParams,
    stream,
    limits,
    media,
    vision,
    usage,
    cors: cors ?? null,
    issuers: (jwt?.issuers ?? []).map(({ issuer, audiences, audienceClaim, claims, groups, defaultGroup, rules }) => ({
      issuer,
      audiences,
      audienceClaim,
      claims,
      groups: groups ?? null,
      defaultGroup: defaultGroup ?? null,
      rules: rules ?? null,
    })),
    iamCallers: aws.iamCallers ?? null,
  };
}

const providerView = ({ name, dialect, baseUrl, auth, secret, headers, timeouts }: CatalogProvider) => ({
  name,
  dialect: dialect.name,
  host: new URL(baseUrl).host,
  auth,
  secret: secret ?? null,
  headers: Object.keys(headers),
  timeouts,
});

const nameOf = ({ provider: { name }, model }: Target): string => `${name}/${model}`;
