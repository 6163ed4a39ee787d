import type { Call } from '../call/call.ts';
import { type Catalog, type Describer, endpointFor, type Target } from '../catalog/catalog.ts';
import type { Glance } from '../dialects/dialect.ts';
import { fits } from '../dialects/fit.ts';
import { unknownModel } from '../dialects/model-path.ts';

/** Where a request may go, in order. */
export interface Plan {
  targets: readonly Target[];
  /** Models that describe the request's images first; absent where the targets see for themselves, or none describes. */
  describers?: readonly Describer[];
}

type Asked = Pick<Glance, 'model'> & Partial<Pick<Glance, 'hasImages' | 'hasTools'>>;

interface PlanOptions {
  /** The caller's: providers are asked at their endpoint in it, where they have one. */
  dialect?: string | undefined;
  /** Read where a target's own endpoint may lack a tool that the answer must use. */
  request?: Call['request'] | undefined;
}

/** The targets of a request. Throws `model_not_found`. */
export function plan(asked: Asked, catalog: Catalog, { dialect, request }: PlanOptions = {}): Plan {
  const { model } = asked;
  const found = catalog.resolve(model);
  if (!found) throw unknownModel(model);
  const targets = found.map((target) => servedAt(target, asked, { dialect, request }));
  return asked.hasImages ? planForImages(targets, asked, catalog) : { targets };
}

/**
 * A target at its provider's endpoint in the caller's dialect; without one, at the endpoint that has the tools which the answer must
 * use: some vendors run them at one of theirs only. Where none has them, the refusal says so.
 */
function servedAt(target: Target, { hasTools }: Asked, { dialect, request }: PlanOptions): Target {
  const own = endpointFor(target, dialect);
  // Where bytes may pass, the request is not read for this.
  if (own.provider.dialect.name === dialect || own.endpoints.length === 0 || !hasTools || !request) return own;
  return fits(request(), own) ? own : (own.endpoints.find((endpoint) => fits(request(), endpoint)) ?? own);
}

/**
 * Where there are images, the targets that see are asked, if they can call the tools that are given. If there are none, all
 * others, with the images described: never both kinds, or images would be described between one attempt and the next. Where
 * no describer is configured, the images are sent as they are.
 */
function planForImages(targets: readonly Target[], { model, hasTools }: Asked, catalog: Catalog): Plan {
  const able = hasTools ? targets.filter(({ abilities }) => abilities.tools) : targets;
  const seeing = able.filter(({ abilities }) => abilities.sees);
  if (seeing.length > 0) return { targets: seeing };
  const describers = catalog.describersOf(model);
  if (!describers) return { targets };
  return { targets: able.length > 0 ? able : targets, describers };
}
