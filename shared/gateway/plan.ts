import type { Target } from '../catalog/catalog.ts';
import type { Glance } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Parts } from './parts.ts';

/** Where a request may go, in order. */
export interface Journey {
  targets: readonly Target[];
}

export function plan({ model }: Pick<Glance, 'model'>, { catalog }: Parts): Journey {
  const targets = catalog.resolve(model);
  if (!targets) throw unknownModel(model);
  return { targets };
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
