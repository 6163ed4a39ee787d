import type { Catalog, Delegate, Target } from '../catalog/catalog.ts';
import type { Glance } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Parts } from '../gateway/parts.ts';

/** Where a request may go, in order. */
export interface Journey {
  targets: readonly Target[];
  /** Who puts the request's images into words first; absent where the targets see for themselves, or nobody could. */
  delegates?: readonly Delegate[];
}

type Seen = Pick<Glance, 'model'> & Partial<Pick<Glance, 'hasImages' | 'hasTools'>>;

export function plan(request: Seen, { catalog }: Parts): Journey {
  const { model } = request;
  const targets = catalog.resolve(model);
  if (!targets) throw unknownModel(model);
  return request.hasImages ? planForImages(targets, request, catalog) : { targets };
}

/**
 * Where there are images, those that see are asked, if they can call the tools that are given. If there are none, all others,
 * with the images in words: never both kinds, or images would be described between one try and the next. Where nobody is named
 * to describe them, they go as they are.
 */
function planForImages(targets: readonly Target[], { model, hasTools }: Seen, catalog: Catalog): Journey {
  const able = hasTools ? targets.filter(({ abilities }) => abilities.tools) : targets;
  const seeing = able.filter(({ abilities }) => abilities.sees);
  if (seeing.length > 0) return { targets: seeing };
  const delegates = catalog.delegatesOf(model);
  if (!delegates) return { targets };
  return { targets: able.length > 0 ? able : targets, delegates };
}

/** OpenAI's own words: clients look for them. */
export function unknownModel(model: string): GatewayError {
  return new GatewayError(
    'model_not_found',
    `The model \`${model.slice(0, 200)}\` does not exist or you do not have access to it.`,
    {
      code: 'model_not_found',
    },
  );
}
