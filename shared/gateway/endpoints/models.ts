import { modelListOf, modelPaths } from '../../dialects/clients.ts';
import { unknownModel } from '../../dialects/model-path.ts';
import { answerUnlessKnown } from '../../http/etag.ts';
import { getEndpoint } from '../endpoint.ts';
import type { EndpointPorts } from '../ports.ts';
import { mayUse } from '../rules.ts';
import { describeModel } from './describe-model.ts';

/** The models that the caller may use, by the names callers use, in the shape the caller's client knows. Answered from memory. */
export const models = getEndpoint(modelPaths, ({ http, caller }, ports) => {
  const usable = ports.catalog.models.filter(({ id }) => mayUse(caller, id)).map(({ id }) => described(id, ports)!);
  return answerUnlessKnown(http.headers, modelListOf(http).writeList(usable, http.query));
});

/** One model, by a listed name or by `<provider>/<model id>` where such names are served. */
export const model = getEndpoint(
  modelPaths.map((path) => `${path}/{id}`),
  ({ http, caller, params: { id = '' } }, ports) => {
    const found = mayUse(caller, id) && ports.catalog.knows(id) ? described(id, ports) : undefined;
    if (!found) throw unknownModel(id);
    return answerUnlessKnown(http.headers, modelListOf(http).writeModel(found));
  },
);

function described(id: string, { catalog, facts }: EndpointPorts) {
  const targets = catalog.resolve(id);
  return targets && describeModel(id, targets, { catalog, facts: facts() });
}
