import { type Caller, rulesOf } from '../call/caller.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { unknownModel } from '../dialects/model-path.ts';
import { choosesPreset, otherModels } from '../dialects/named-models.ts';
import { GatewayError } from '../errors.ts';
import type { JsonObject } from '../http/json.ts';
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

/** A request seldom names more than three. */
const MOST_OTHERS = 100;

/**
 * Throws for a request that has its provider ask another model, which the caller may not use: fields such as `models` pass as they
 * came. They name models as the provider does, so each must be allowed as `<provider>/<model id>`, or stand behind a listed model
 * that is. Refused and not dropped: the caller would take an answer without its fallback for one with it.
 */
export function checkOtherModels(caller: Caller, body: JsonObject, name: string, catalog: Catalog): void {
  if (!rulesOf(caller).some(({ models }) => models)) return;
  const { named, unnamed } = otherModels(body);
  const [unclear] = unnamed;
  if (unclear !== undefined) throw unnamedModel(unclear);
  // A listed name is the owner's own, whatever it stands for.
  const isListed = catalog.models.some(({ id }) => id === name);
  const preset = [...(isListed ? [] : [{ field: 'model', model: name }]), ...named].find(({ model }) =>
    choosesPreset(model),
  );
  if (preset) throw unnamedModel(preset.field, preset.model);
  if (named.length === 0) return;
  const providers = new Set(catalog.resolve(name)?.map(({ provider }) => provider.name));
  const allowed = targetsOf(caller, catalog);
  const isAllowed = (model: string): boolean =>
    [...providers].every((provider) => {
      const full = `${provider}/${model}`;
      return allowed.has(full) || (catalog.knows(full) && mayUse(caller, full));
    });
  const models = new Map(named.map(({ field, model }) => [model, field]));
  if (models.size > MOST_OTHERS) {
    const message = `A request may name at most ${MOST_OTHERS} models; this one names ${models.size}.`;
    throw new GatewayError('invalid_request', message);
  }
  for (const [model, field] of models) if (!isAllowed(model)) throw otherModel(field, model);
}

/** `<provider>/<model id>` of what stands behind the listed models that a caller may use. */
const targetsOf = (caller: Caller, { models, resolve }: Pick<Catalog, 'models' | 'resolve'>): ReadonlySet<string> =>
  new Set(
    models
      .filter(({ id }) => mayUse(caller, id))
      .flatMap(({ id }) => resolve(id) ?? [])
      .map(({ provider, model }) => `${provider.name}/${model}`),
  );

function otherModel(field: string, model: string): GatewayError {
  const { message } = unknownModel(model);
  return new GatewayError('model_not_found', `${field.slice(0, 100)}: ${message}`, {
    param: field.slice(0, 100),
    code: 'model_not_found',
  });
}

function unnamedModel(field: string, model?: string): GatewayError {
  const param = field.slice(0, 100);
  const named = model === undefined ? `'${param}'` : `'${model.slice(0, 200)}' in '${param}'`;
  const message = `${named} cannot be used here: it lets the provider choose a model, and this caller may use certain models only. Name them in 'model'.`;
  return new GatewayError('forbidden', message, { param });
}
