import type { Target } from '../../shared/catalog/catalog.ts';
import type { Twin } from './twin.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Models beyond these are counted. */
const MOST_SHOWN = 40;

/** What `npm start` prints: the address, the key, the models and what is still missing for them, and lines to paste. */
export function welcome(
  { url, masterKey, catalog }: Pick<Twin, 'url' | 'masterKey' | 'catalog'>,
  env: Environment,
): string {
  const models = catalog.models.map(({ id }) => ({ id, missing: missingFor(catalog.resolve(id) ?? [], env) }));
  const usable = models.find(({ missing }) => missing.length === 0)?.id;
  const providers = [...catalog.providers.values()].filter(({ secret }) => !secret || env[secret]);
  const example = catalog.knows('demo') ? 'demo' : (usable ?? models[0]?.id ?? '<provider>/<model>');
  return `
Sluice listens at ${url}

  base URL   ${url}/v1
  key        ${masterKey}
  models     ${listed(models).join('\n             ')}
  providers  ${providers.map(({ name }) => name).join(', ') || 'none with a key'}   (others wait for their key in the environment or .env)

Try it:

  curl -N ${url}/v1/chat/completions -H 'authorization: Bearer ${masterKey}' -H 'content-type: application/json' \\
    -d '{"model":"${example}","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

Make a first key:

  export SLUICE_URL=${url} SLUICE_ADMIN_KEY=${masterKey}
  npm run sluice -- keys create --name first --rpm 60
`;
}

interface Shown {
  id: string;
  missing: readonly string[];
}

/** The names of the keys without which no target of a model can be asked; none where one target can. */
function missingFor(targets: readonly Target[], env: Environment): string[] {
  const secrets = targets.map(({ provider }) => provider.secret);
  if (secrets.some((secret) => secret === undefined || env[secret])) return [];
  return [...new Set(secrets as string[])];
}

function listed(models: readonly Shown[]): string[] {
  const shown = models.slice(0, MOST_SHOWN);
  const width = Math.max(0, ...shown.filter(({ missing }) => missing.length > 0).map(({ id }) => id.length));
  const lines = shown.map(({ id, missing }) =>
    missing.length === 0 ? id : `${id.padEnd(width)}   needs ${missing.join(' or ')}`,
  );
  const more = models.length - shown.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
