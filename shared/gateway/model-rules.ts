import type { Caller } from '../call/caller.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { unknownModel } from '../dialects/model-path.ts';
import { mayUse } from './rules.ts';

/**
 * Throws `model_not_found` for a model that the caller may not use. An alias is a name that the owner gave, and its permission
 * suffices; an unknown name stands for the default model, which the caller must be allowed by its own name.
 */
export function checkModel(caller: Caller, name: string, { knows, config }: Pick<Catalog, 'knows' | 'config'>): void {
  const { defaultModel } = config;
  if (!mayUse(caller, name)) throw unknownModel(name);
  if (defaultModel !== undefined && !knows(name) && !mayUse(caller, defaultModel)) throw unknownModel(name);
}
