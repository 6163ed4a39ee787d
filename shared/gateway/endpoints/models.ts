import { modelListOf, modelPaths } from '../../dialects/clients.ts';
import { unknownModel } from '../../dialects/model-path.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { getEndpoint } from '../endpoint.ts';

/** The models by the names callers use, in the shape the caller's SDK knows. */
export const models = getEndpoint(modelPaths, ({ http }, { catalog }) =>
  jsonOutgoing(200, modelListOf(http.headers).writeList(catalog.models, http.query)),
);

/** One model, by a listed name or by `<provider>/<model id>` where such names are served. */
export const model = getEndpoint(
  modelPaths.map((path) => `${path}/{id}`),
  ({ http, params: { id = '' } }, { catalog }) => {
    const target = catalog.knows(id) ? catalog.resolve(id)?.[0] : undefined;
    if (!target) throw unknownModel(id);
    return jsonOutgoing(200, modelListOf(http.headers).writeModel({ id, provider: target.provider.name }));
  },
);
