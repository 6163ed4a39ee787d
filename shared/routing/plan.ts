import type { Catalog, Describer, Target } from '../catalog/catalog.ts';
import type { Glance } from '../dialects/dialect.ts';
import { unknownModel } from '../dialects/model-path.ts';

/** Where a request may go, in order. */
export interface Plan {
  targets: readonly Target[];
  /** Models that describe the request's images first; absent where the targets see for themselves, or none describes. */
  describers?: readonly Describer[];
}

type Asked = Pick<Glance, 'model'> & Partial<Pick<Glance, 'hasImages' | 'hasTools'>>;

/** The targets of a request. Throws `model_not_found`. */
export function plan(asked: Asked, catalog: Catalog): Plan {
  const { model } = asked;
  const targets = catalog.resolve(model);
  if (!targets) throw unknownModel(model);
  return asked.hasImages ? planForImages(targets, asked, catalog) : { targets };
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
