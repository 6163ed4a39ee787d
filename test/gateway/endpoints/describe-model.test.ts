import { expect, test } from 'vitest';
import { loadCatalog } from '../../../shared/catalog/load.ts';
import type { FactsTable } from '../../../shared/catalog/model-facts.ts';
import { describeModel } from '../../../shared/gateway/endpoints/describe-model.ts';

const provider = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };

function describe(models: object, facts: FactsTable, id = 'name', more: object = {}) {
  const catalog = loadCatalog({ providers: { p: provider, q: provider }, models, ...more });
  return describeModel(id, catalog.resolve(id)!, { catalog, facts });
}

const table: FactsTable = {
  'p/big': {
    displayName: 'Big 5',
    contextLength: 400,
    maxInputTokens: 300,
    maxOutputTokens: 100,
    sees: true,
    thinks: true,
  },
  'q/small': {
    displayName: 'Small',
    contextLength: 200,
    maxOutputTokens: 150,
    sees: false,
    tools: false,
    thinks: false,
  },
};

test('a model of which nothing is known has its names and its provider, and no more', () => {
  const known = Object.entries(describe({ name: 'p/other' }, table)).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(known)).toEqual({ id: 'name', provider: 'p', model: 'other', displayName: 'name' });
});

test('a model has what the table says of it', () => {
  expect(describe({ name: 'p/big' }, table)).toMatchObject({
    contextLength: 400,
    maxInputTokens: 300,
    maxOutputTokens: 100,
    sees: true,
    thinks: true,
  });
});

test('of several targets the least of each length is shown, and what one of them can', () => {
  expect(describe({ name: ['p/big', 'q/small'] }, table)).toMatchObject({
    contextLength: 200,
    maxInputTokens: 200,
    maxOutputTokens: 100,
    sees: true,
    thinks: true,
  });
  // Whether the other one calls tools is not known.
  expect(describe({ name: ['p/big', 'q/small'] }, table).tools).toBeUndefined();
  expect(describe({ name: 'q/small' }, table).tools).toBe(false);
});

test('the configuration counts before the table, also behind an alias', () => {
  const own = { targets: 'p/big', contextLength: 50, maxOutputTokens: 20, thinks: false, displayName: 'Ours' };
  const said = { contextLength: 50, maxInputTokens: 50, maxOutputTokens: 20, thinks: false, sees: true };
  expect(describe({ name: own }, table)).toMatchObject({ ...said, displayName: 'Ours' });
  expect(describe({ name: 'inner', inner: own }, table)).toMatchObject({ ...said, displayName: 'name' });
  expect(describe({ name: { targets: 'inner', contextLength: 60 }, inner: own }, table).contextLength).toBe(60);
});

test('whether a model sees and calls tools is what plans go by, before the table', () => {
  const wrong: FactsTable = { 'p/deepseek-r1': { sees: true, tools: true }, 'p/new': { sees: false, tools: false } };
  expect(describe({ name: 'p/deepseek-r1' }, wrong)).toMatchObject({ sees: false, tools: false });
  expect(describe({ name: { targets: 'p/deepseek-r1', sees: true } }, wrong)).toMatchObject({
    sees: true,
    tools: false,
  });
  expect(describe({ name: 'p/new' }, wrong)).toMatchObject({ sees: false, tools: false });
  expect(describe({ name: { targets: 'p/new', sees: true, tools: true } }, wrong)).toMatchObject({
    sees: true,
    tools: true,
  });
});

test('a model whose images another one describes takes images', () => {
  const models = { name: { targets: 'p/blind', sees: false, vision: 'q/eye' } };
  expect(describe(models, {}).sees).toBe(true);
  expect(
    describe({ name: { targets: 'p/blind', sees: false } }, {}, 'name', { vision: { describer: 'q/eye' } }).sees,
  ).toBe(true);
});

test("a model's own id shows its maker's name, an alias its own", () => {
  const facts: FactsTable = { 'p/big': { displayName: 'Big 5' }, 'p/acme/big': { displayName: 'Acme Big' } };
  expect(describe({ big: 'p/big' }, facts, 'big').displayName).toBe('Big 5');
  expect(describe({ big: 'p/acme/big' }, facts, 'big').displayName).toBe('Acme Big');
  expect(describe({}, facts, 'p/big').displayName).toBe('Big 5');
  expect(describe({ 'gpt-3.5-turbo': 'p/big' }, facts, 'gpt-3.5-turbo').displayName).toBe('gpt-3.5-turbo');
  expect(describe({ constructor: 'p/big' }, facts, 'constructor').displayName).toBe('constructor');
});
