import { type Traits, traitsOf } from '../dialects/traits.ts';
import type { Target } from './catalog.ts';
import { didYouMean } from './nearest.ts';

/** Mistakes in the traits of a provider, which lie over its preset's. A trait that does nothing in its dialect is one. */
export function problemsOfProviderTraits(own: Traits, all: Traits, dialect: string, where: string): string[] {
  const wrong = entriesOf(own).flatMap(([name, value]) => problemsOf([dialect], name, value, where));
  return [...wrong, ...problemsOfAlternation(own, [all], where)];
}

/** Mistakes in the traits of a model: each trait must work for at least one of its targets. */
export function problemsOfModelTraits(traits: Traits, targets: readonly Target[], where: string): string[] {
  const dialects = [...new Set(targets.map(({ provider }) => provider.dialect.name))];
  if (dialects.length === 0) return [];
  const wrong = entriesOf(traits).flatMap(([name, value]) => {
    const problems = dialects.map((dialect) => problemsOf([dialect], name, value, where));
    if (problems.some((found) => found.length === 0)) return [];
    // The value is wrong for every target: the message comes from a dialect that has the trait.
    const knowing = dialects.findIndex((dialect) => Object.hasOwn(traitsOf(dialect).shape, name));
    return knowing === -1 ? problemsOf(dialects, name, value, where) : problems[knowing]!;
  });
  return [
    ...wrong,
    ...problemsOfAlternation(
      traits,
      targets.map(({ traits: all }) => all),
      where,
    ),
  ];
}

/** Traits that only bring a conversation in order: they need a provider or model that is strict about it. */
const needsStrict = ['mostMessages', 'fillers'] as const;

function problemsOfAlternation(own: Traits, all: readonly Traits[], where: string): string[] {
  if (all.some(({ alternation }) => alternation === 'strict')) return [];
  return needsStrict
    .filter((name) => own[name] !== undefined)
    .map((name) => `${where}.${name}: has no effect without alternation: 'strict' beside it`);
}

/** The traits that work in a dialect: those of a model are given to each of its targets, whose dialects may differ. */
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
      `${where}.${name}: has no effect with the dialect ${dialects.join(' or ')}${didYouMean(name, working)}; traits with an effect are ${working.join(', ')}`,
    ];
  }
  const checked = schemas[0]!.safeParse({ [name]: value });
  return (checked.error?.issues ?? []).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`);
}
