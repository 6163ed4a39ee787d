import type { Catalog, Target } from '../../catalog/catalog.ts';
import type { FactsTable, ModelFacts } from '../../catalog/model-facts.ts';

/** A model as lists show it. */
export interface DescribedModel extends ModelFacts {
  id: string;
  provider: string;
  /** What its provider calls it. */
  model: string;
}

/**
 * What is known of a name that stands for these targets. The configuration counts first. What a model cannot do by its name, as plans
 * go by it, counts before the table: a list must not promise what the gateway does not do.
 */
export function describeModel(
  id: string,
  targets: readonly Target[],
  { catalog, facts }: { catalog: Pick<Catalog, 'config' | 'describersOf'>; facts: FactsTable },
): DescribedModel {
  const each = targets.map((target) => factsOf(target, facts));
  // Any of them may answer, so only what fits in all of them can be relied on.
  const contextLength = least(each.map((known) => known.contextLength));
  const inputs = each.map((known) => known.maxInputTokens ?? known.contextLength);
  return {
    id,
    provider: targets[0]!.provider.name,
    model: targets[0]!.model,
    displayName: displayNameOf(id, targets, { catalog, facts }),
    contextLength,
    maxInputTokens: least([...inputs, contextLength]),
    maxOutputTokens: least(each.map((known) => known.maxOutputTokens)),
    // Images go to the targets that see, or to a model that describes them.
    sees: catalog.describersOf(id) ? true : some(each.map((known) => known.sees)),
    tools: some(each.map((known) => known.tools)),
    thinks: some(each.map((known) => known.thinks)),
  };
}

function factsOf(target: Target, facts: FactsTable): ModelFacts {
  const { abilities, said } = target;
  const known = { ...rowOf(target, facts), ...said };
  return { ...known, ...(abilities.sees ? {} : { sees: false }), ...(abilities.tools ? {} : { tools: false }) };
}

const rowOf = ({ provider, model }: Target, facts: FactsTable): ModelFacts | undefined =>
  facts[`${provider.name}/${model}`];

/** An alias is a name that the owner gave, and two may stand for one model: its maker's name is shown for its own id only. */
function displayNameOf(
  id: string,
  [first]: readonly Target[],
  { catalog, facts }: { catalog: Pick<Catalog, 'config'>; facts: FactsTable },
): string {
  const own = Object.hasOwn(catalog.config.models, id) ? catalog.config.models[id] : undefined;
  if (typeof own === 'object' && !Array.isArray(own) && own.displayName !== undefined) return own.displayName;
  const { provider, model } = first!;
  const isItsOwn = id === model || id === `${provider.name}/${model}` || model.endsWith(`/${id}`);
  return (isItsOwn ? rowOf(first!, facts)?.displayName : undefined) ?? id;
}

function least(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** True for one is enough; false only where it is known of all. */
function some(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true;
  return values.every((value) => value === false) ? false : undefined;
}
