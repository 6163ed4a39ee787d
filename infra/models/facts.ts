import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Catalog, Target } from '../../shared/catalog/catalog.ts';
import type { FactsTable, ModelFacts } from '../../shared/catalog/model-facts.ts';
import { type Rows, readRows } from './rows.ts';
import { sellerOf } from './sellers.ts';

const read = (file: string): string => readFileSync(path.join(import.meta.dirname, file), 'utf8');

/** All rows that are kept, our own over those of models.dev. */
export function keptRows(): Rows {
  const kept = readRows(read('kept.tsv'));
  const own = [...readRows(read('own-rows.tsv'))];
  return new Map([...kept, ...own.map(([key, facts]) => [key, { ...kept.get(key), ...defined(facts) }] as const)]);
}

/** The rows of a configuration's models: what lists of models show, and nothing of any other model. */
export function factsOf({ models, resolve, config }: Catalog, rows: Rows = keptRows()): FactsTable {
  const table: FactsTable = {};
  for (const target of models.flatMap(({ id }) => resolve(id) ?? [])) {
    const { name } = target.provider;
    const facts = rowOf(target, config.providers[name]?.preset ?? name, rows);
    if (facts) table[`${name}/${target.model}`] = facts;
  }
  return table;
}

function rowOf({ model, traits }: Target, preset: string, rows: Rows): ModelFacts | undefined {
  const seller = sellerOf(preset);
  if (seller === undefined) return undefined;
  return spellings(traits.baseModel ?? model)
    .map((name) => rows.get(`${seller}/${name}`))
    .find((facts) => facts !== undefined);
}

/** A model's id, then without what sellers add to it: a region before it, a variant (`:free`) or a date behind it. */
function spellings(model: string): string[] {
  const bare = model.replace(/^(?:us|eu|apac|global|jp|au|us-gov)\.(?=\w+\.)/, '');
  const withoutVariant = bare.replace(/:[a-z]+$/, '');
  const withoutDate = withoutVariant.replace(/-(?:20\d\d-?[01]\d-?[0-3]\d|2\d[01]\d[0-3]\d)$/, '');
  return [model, bare, withoutVariant, withoutDate];
}

const defined = (facts: ModelFacts): ModelFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
