import type { Attempt } from '../../../call/attempt.ts';
import type { Call } from '../../../call/call.ts';
import { type Catalog, chatPathOf, type Target } from '../../../catalog/catalog.ts';
import type { Purpose } from '../../../catalog/purpose.ts';
import type { OperationName } from '../../../dialects/kit/operations.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonBody } from '../../../http/json.ts';
import { encodeText, type Outgoing } from '../../../http/message.ts';
import { textOf } from '../../../http/multipart.ts';
import type { Answer } from '../../../roads/answer.ts';
import { type PassedOperation, passOperation } from '../../../roads/pass-operation.ts';
import { askTargets } from '../../../routing/attempt.ts';
import { plan } from '../../../routing/plan.ts';
import { type Endpoint, plainGlance, postEndpoint } from '../../endpoint.ts';
import { sentWith } from '../../masking/own-words.ts';
import type { EndpointPorts } from '../../ports.ts';
import { respond, respondBytes } from '../../respond.ts';

interface PassedEndpoint {
  /** Its name among the `operations` of the provider dialects that have it (`dialects/kit/operations.ts`). */
  operation: OperationName;
  /** What its records say it was for, and the rules of a key. */
  purpose: Purpose;
  paths: readonly string[];
  /** `form` where its callers send files. */
  body?: 'json' | 'form';
  /** Asked for where the caller names no model; without it, the model is required. */
  usualModel?: string;
}

/** An endpoint whose bytes pass to a provider that has the operation, with a usage record. */
export const passedEndpoint = (passed: PassedEndpoint): Endpoint =>
  postEndpoint({
    paths: passed.paths,
    purpose: passed.purpose,
    body: passed.body ?? 'json',
    glance: (_, body) => ({ ...plainGlance(modelOf(body, passed.usualModel)), stream: asksStream(body) }),
    answer: (call, ports) => pass(call, passed, ports),
  });

function modelOf({ value, form, bytes }: JsonBody, usualModel: string | undefined): string {
  const model = (form ? textOf(bytes, form, 'model') : value.model) ?? usualModel;
  if (typeof model === 'string' && model !== '') return model;
  throw new GatewayError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' });
}

/** In a form, values are texts; speech has a field of its own for it. */
const asksStream = ({ value: { stream, stream_format: format } }: JsonBody): boolean =>
  /^(?:true|1)$/i.test(String(stream)) || format === 'sse';

async function pass(
  call: Call,
  { operation, usualModel, paths }: PassedEndpoint,
  ports: EndpointPorts,
): Promise<Outgoing> {
  const { dialect, id, account, glance } = call;
  if (glance.model === usualModel) checkServed(glance.model, ports.catalog);
  const planned = plan({ model: glance.model }, ports.catalog).targets;
  const targets = planned.flatMap((target) => offeringOf(target, operation) ?? []);
  if (targets.length === 0) throw notOffered(glance.model, planned, paths[0]!);
  const ask = (attempt: Attempt) => passOperation(call, attempt, operationOf(attempt.target, operation)!, ports);
  const answer = await askTargets<Answer>(targets, ask, { call, log: ports.log });
  const { body, contentType } = answer;
  if (!(body instanceof Uint8Array) && !contentType.startsWith('text/event-stream')) {
    return respondBytes({ ...answer, body }, account);
  }
  const forCaller = (error: GatewayError): GatewayError => ports.forCaller(error, sentWith(call));
  const keepAlive = { bytes: encodeText(dialect.keepAlive), everyMs: ports.config.stream.keepAliveMs };
  return respond(answer, { dialect, id, account, forCaller }, keepAlive);
}

function notOffered(model: string, targets: readonly Target[], path: string): GatewayError {
  const names = [...new Set(targets.map(({ provider }) => `'${provider.name}'`))].slice(0, 3).join(', ');
  const message = `The provider ${names} of the model \`${model.slice(0, 200)}\` does not offer this operation (${path}).`;
  return new GatewayError('invalid_request', message, { param: 'model', code: 'unsupported_value' });
}

/** The usual model is one vendor's own: the default model, which converses, is no substitute for it. */
function checkServed(model: string, { knows }: Pick<Catalog, 'knows'>): void {
  if (knows(model)) return;
  const message = `The model \`${model}\`, which is meant where none is named, is not served here; name a model.`;
  throw new GatewayError('model_not_found', message, { param: 'model', code: 'model_not_found' });
}

/** The target, or the same model at another endpoint of its provider: whichever has the operation. */
const offeringOf = (target: Target, operation: string): Target | undefined =>
  [target, ...target.endpoints].find((candidate) => operationOf(candidate, operation));

/** An operation of a target's provider, and where it is; undefined where it has none. */
function operationOf(target: Target, name: string): PassedOperation | undefined {
  const operation = target.provider.dialect.operations?.[name];
  const path = operation?.path(chatPathOf(target));
  return operation && path !== undefined ? { ...operation, path } : undefined;
}
