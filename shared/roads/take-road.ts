import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { Target } from '../catalog/catalog.ts';
import type { ShortRoad } from '../dialects/dialect.ts';
import { fitted } from '../dialects/fit.ts';
import { type Refusal, refuse } from '../errors.ts';
import { transformed } from '../transforms/apply.ts';
import type { Answer } from './answer.ts';
import { passThrough } from './pass-through.ts';
import type { RoadPorts } from './ports.ts';
import { translate } from './translate.ts';

/** One attempt by the road it needs: bytes pass where both sides speak the same dialect and no transform wants the call. */
export async function takeRoad(call: Call, attempt: Attempt, ports: RoadPorts): Promise<Answer | Refusal> {
  const { target } = attempt;
  let fit: ReturnType<typeof fitted> | undefined;
  const own = (): ReturnType<typeof fitted> => {
    fit ??= fitted(call.request(), target);
    return fit;
  };
  const changed = transformed({ ...call, request: () => own().request }, target);
  const short = changed ? undefined : shortRoad(call, target);
  if (short) return passThrough(call, attempt, short, ports);
  if (call.glance.onlyPasses) return refuse(call.glance.onlyPasses);
  const { request, dropped } = own();
  return translate(call, attempt, { ...(changed ?? { request, changes: {}, weakened: [] }), leftOut: dropped }, ports);
}

function shortRoad({ dialect, glance }: Call, { provider, model, traits }: Target): ShortRoad | undefined {
  const { name, short } = provider.dialect;
  return name === dialect.name && short?.mayPass(glance, traits, model) ? short : undefined;
}
