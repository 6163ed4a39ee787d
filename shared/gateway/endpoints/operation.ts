import type { Call } from '../../call/call.ts';
import type { Target } from '../../catalog/catalog.ts';
import type { OperationName } from '../../dialects/dialect.ts';
import { GatewayError } from '../../errors.ts';
import type { JsonBody } from '../../http/json.ts';
import type { Outgoing } from '../../http/message.ts';
import { type PassedAnswer, passOperation } from '../../roads/pass-operation.ts';
import { attemptEach, attemptsOf } from '../../routing/attempt.ts';
import { plan } from '../../routing/plan.ts';
import { type Endpoint, plainGlance, postEndpoint } from '../endpoint.ts';
import type { GatewayPorts } from '../ports.ts';

interface PassedEndpoint {
  operation: OperationName;
  purpose: NonNullable<Endpoint['purpose']>;
  paths: readonly string[];
  /** Asked for where the caller names no model; without it, the model is required. */
  usualModel?: string;
}

/** An endpoint whose bytes pass to a provider that has the operation, with a usage record. */
export const passedEndpoint = ({ operation, purpose, paths, usualModel }: PassedEndpoint): Endpoint =>
  postEndpoint({
    paths,
    purpose,
    glance: (_, body) => plainGlance(modelOf(body, usualModel)),
    answer: (call, ports) => pass(call, operation, ports),
  });

function modelOf({ value }: JsonBody, usualModel: string | undefined): string {
  const model = value.model ?? usualModel;
  if (typeof model === 'string' && model !== '') return model;
  throw new GatewayError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' });
}

async function pass(call: Call, operation: OperationName, ports: GatewayPorts): Promise<Outgoing> {
  const { model } = call.glance;
  const targets = plan({ model }, ports.catalog).targets.filter((target) => operationOf(target, operation));
  if (targets.length === 0) {
    const message = `The provider of the model \`${model.slice(0, 200)}\` does not offer this operation.`;
    throw new GatewayError('invalid_request', message, { param: 'model', code: 'unsupported_value' });
  }
  const { bytes, contentType } = await attemptEach<PassedAnswer>(targets, {
    ...attemptsOf(call, ports.log),
    ask: (attempt) => passOperation(call, attempt, operationOf(attempt.target, operation)!, ports),
  });
  return { status: 200, headers: { 'content-type': contentType }, body: bytes };
}

const operationOf = ({ provider }: Target, name: OperationName) => provider.dialect.operations?.[name];
