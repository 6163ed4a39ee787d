import type { JsonObject } from '../http/json.ts';
import { jsonOutgoing, type Outgoing } from '../http/message.ts';
import type { Parts } from './parts.ts';
import { unknownModel } from './plan.ts';

/** The models by the names callers use. @see https://platform.openai.com/docs/api-reference/models/list */
export function listModels({ catalog }: Parts): Outgoing {
  const data = catalog.models.map(({ id, provider }) => describe(id, provider));
  return jsonOutgoing(200, { object: 'list', data });
}

/** One model, by a listed name or by `<provider>/<model id>` where such names are served. */
export function showModel(id: string, { catalog }: Parts): Outgoing {
  const target = catalog.knows(id) ? catalog.resolve(id)?.[0] : undefined;
  if (!target) throw unknownModel(id);
  return jsonOutgoing(200, describe(id, target.provider.name));
}

/** Nobody tells when a model was made; a fixed moment keeps the answer the same from call to call. */
const CREATED = 1735689600;

function describe(id: string, provider: string): JsonObject {
  return { id, object: 'model', created: CREATED, owned_by: provider };
}
