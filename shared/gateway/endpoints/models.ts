import { modelListOf, modelPaths } from '../../dialects/clients.ts';
import { unknownModel } from '../../dialects/model-path.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { getEndpoint } from '../endpoint.ts';
import { mayUse } from '../rules.ts';

/** The models that the caller may use, by the names callers use, in the shape the caller's SDK knows. */
export const models = getEndpoint(modelPaths, ({ http, caller }, { catalog }) => {
  const usable = catalog.models.filter(({ id }) => mayUse(caller, id));
  return jsonOutgoing(200, modelListOf(http.headers).writeList(usable, http.query));
});

/** One model, by a listed name or by `<provider>/<model id>` where such names are served. */
export const model = getEndpoint(
  modelPaths.map((path) => `${path}/{id}`),
  ({ http, caller, params: { id = '' } }, { catalog }) => {
    const target = mayUse(caller, id) && catalog.knows(id) ? catalog.resolve(id)?.[0] : undefined;
    if (!target) throw unknownModel(id);
    return jsonOutgoing(200, modelListOf(http.headers).writeModel({ id, provider: target.provider.name }));
  },
);
