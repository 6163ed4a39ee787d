import type { Attempt } from '../../call/attempt.ts';
import type { Call } from '../../call/call.ts';
import { type Catalog, chatPathOf, type Target } from '../../catalog/catalog.ts';
import type { Purpose } from '../../catalog/purpose.ts';
import type { OperationName } from '../../dialects/kit/operations.ts';
import { GatewayError } from '../../errors.ts';
import type { JsonBody } from '../../http/json.ts';
import type { Outgoing } from '../../http/message.ts';
import { type PassedAnswer, type PassedOperation, passOperation } from '../../roads/pass-operation.ts';
import { askTargets } from '../../routing/attempt.ts';
import { plan } from '../../routing/plan.ts';
import { type Endpoint, plainGlance, postEndpoint } from '../endpoint.ts';
import type { GatewayPorts } from '../ports.ts';
import { reportHeaders } from '../response-headers.ts';

interface PassedEndpoint {
  /** Its name among the `operations` of the provider dialects that have it (`dialects/kit/operations.ts`). */
  operation: OperationName;
  /** What its records say it was for, and the rules of a key. */
  purpose: Purpose;
  paths: readonly string[];
  /** Asked for where the caller names no model; without it, the model is required. */
  usualModel?: string;
}

/** An endpoint whose bytes pass to a provider that has the operation, with a usage record. */
export const passedEndpoint = (passed: PassedEndpoint): Endpoint =>
  postEndpoint({
    paths: passed.paths,
    purpose: passed.purpose,
    glance: (_, body) => plainGlance(modelOf(body, passed.usualModel)),
    answer: (call, ports) => pass(call, passed, ports),
  });

function modelOf({ value }: JsonBody, usualModel: string | undefined): string {
  const model = value.model ?? usualModel;
  if (typeof model === 'string' && model !== '') return model;
  throw new GatewayError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' });
}

async function pass(call: Call, { operation, usualModel }: PassedEndpoint, ports: GatewayPorts): Promise<Outgoing> {
  const { model } = call.glance;
  if (model === usualModel) checkServed(model, ports.catalog);
  const targets = plan({ model }, ports.catalog).targets.filter((target) => operationOf(target, operation));
  if (targets.length === 0) {
    const message = `The provider of the model \`${model.slice(0, 200)}\` does not offer this operation.`;
    throw new GatewayError('invalid_request', message, { param: 'model', code: 'unsupported_value' });
  }
  const ask = (attempt: Attempt) => passOperation(call, attempt, operationOf(attempt.target, operation)!, ports);
  const { bytes, contentType, dropped } = await askTargets<PassedAnswer>(targets, ask, { call, log: ports.log });
  return { status: 200, headers: { 'content-type': contentType, ...reportHeaders({ dropped }) }, body: bytes };
}

/** The usual model is one vendor's own: the default model, which converses, is no substitute for it. */
function checkServed(model: string, { knows }: Pick<Catalog, 'knows'>): void {
  if (knows(model)) return;
  const message = `The model \`${model}\`, which is meant where none is named, is not served here; name a model.`;
  throw new GatewayError('model_not_found', message, { param: 'model', code: 'model_not_found' });
}

/** An operation of a target's provider, and where it is; undefined where it has none. */
function operationOf(target: Target, name: string): PassedOperation | undefined {
  const operation = target.provider.dialect.operations?.[name];
  const path = operation?.path(chatPathOf(target));
  return operation && path !== undefined ? { path, usageOf: operation.usageOf } : undefined;
}
