import { type Traits, traitsOf } from '../dialects/traits.ts';
import type { Target } from './catalog.ts';

/** What is wrong with the traits of a provider. A trait that does nothing in its dialect is a mistake too. */
export function problemsOfProviderTraits(traits: Traits, dialect: string, where: string): string[] {
  return entriesOf(traits).flatMap(([name, value]) => problemsOf([dialect], name, value, where));
}

/** What is wrong with the traits of a model: each must work for one of its targets at least. */
export function problemsOfModelTraits(traits: Traits, targets: readonly Target[], where: string): string[] {
  const dialects = [...new Set(targets.map(({ provider }) => provider.dialect.name))];
  if (dialects.length === 0) return [];
  return entriesOf(traits).flatMap(([name, value]) => {
    const problems = dialects.map((dialect) => problemsOf([dialect], name, value, where));
    if (problems.some((found) => found.length === 0)) return [];
    // A dialect that has the trait knows best what is wrong with its value.
    const knowing = dialects.findIndex((dialect) => Object.hasOwn(traitsOf(dialect).shape, name));
    return knowing === -1 ? problemsOf(dialects, name, value, where) : problems[knowing]!;
  });
}

/** Those of the traits that work in a dialect: a model's traits are laid over each of its targets, whatever each speaks. */
export function traitsFor(dialect: string, traits: Traits): Traits {
  const schema = traitsOf(dialect);
  return Object.fromEntries(
    entriesOf(traits).filter(([name, value]) => schema.safeParse({ [name]: value }).success),
  ) as Traits;
}

/** A trait that is undefined was not given. */
const entriesOf = (traits: Traits): [string, unknown][] =>
  Object.entries(traits).filter(([, value]) => value !== undefined);

function problemsOf(dialects: readonly string[], name: string, value: unknown, where: string): string[] {
  const schemas = dialects.map(traitsOf);
  if (!schemas.some(({ shape }) => Object.hasOwn(shape, name))) {
    const working = [...new Set(schemas.flatMap(({ shape }) => Object.keys(shape)))].sort();
    return [
      `${where}.${name}: does nothing with the dialect ${dialects.join(' or ')}; traits that do are ${working.join(', ')}`,
    ];
  }
  const checked = schemas[0]!.safeParse({ [name]: value });
  return (checked.error?.issues ?? []).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`);
}
