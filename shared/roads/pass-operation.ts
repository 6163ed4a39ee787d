import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import { estimateTokens } from '../chat/usage.ts';
import type { Operation } from '../dialects/dialect.ts';
import { isRefusal, type Refusal } from '../errors.ts';
import { editMembers } from '../http/json-members.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { readWhole } from '../upstream/read-whole.ts';
import { checkDropped } from './answer.ts';
import type { RoadPorts } from './ports.ts';

/** The provider's answer as it came. */
export interface PassedAnswer {
  bytes: Uint8Array;
  contentType: string;
  /** Request fields that the provider does not take. */
  dropped: readonly string[];
}

export interface PassedOperation extends Pick<Operation, 'usageOf'> {
  /** Path under the base URL. */
  path: string;
}

/**
 * One attempt at an operation that is not translated: the caller's bytes with the target's name of the model go, without fields it refuses, and the
 * provider's come back. Its usage is read where the reply reports any, and estimated by the request's size elsewhere.
 */
export async function passOperation(
  call: Call,
  attempt: Attempt,
  { path, usageOf }: PassedOperation,
  ports: RoadPorts,
): Promise<PassedAnswer | Refusal> {
  const { target, meter } = attempt;
  const set = { model: JSON.stringify(target.model) };
  const { drops = [] } = target.traits;
  const dropped = call.body.members.map(({ key }) => key).filter((key) => drops.includes(key));
  checkDropped(dropped, ports.config);
  const body = editMembers(call.body, { set, remove: new Set(dropped) });
  const reply = await callProvider(attempt, { headers: {}, body, path, stream: false }, ports);
  if (isRefusal(reply)) return reply;
  const { replyBytes, values } = ports.config.limits;
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
  if (isRefusal(whole)) return whole;
  const { byteLength } = call.body.bytes;
  meter.seeUsage(usageOf(whole.value) ?? { input: estimateTokens(byteLength), output: 0, estimated: true });
  attempt.end();
  return { bytes: whole.bytes, contentType: reply.headers['content-type'] ?? 'application/json', dropped };
}
