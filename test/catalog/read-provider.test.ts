import { expect, test } from 'vitest';
import { problemsOf } from './problems.ts';

const own = { baseUrl: 'https://api.example.com/v1', auth: 'none' };
const problems = (settings: object) => problemsOf({ providers: { p: { ...own, ...settings } } });

test.each<[string, object, RegExp]>([
  ['a header name with a space', { headers: { 'x bad': 'a' } }, /^providers\.p\.headers\.x bad: expected the name/],
  ['an empty header name', { headers: { '': 'a' } }, /^providers\.p\.headers\.: expected the name/],
  ['a line break in a header', { headers: { 'x-a': 'a\r\nb: c' } }, /^providers\.p\.headers\.x-a: expected the value/],
  ['a header in Chinese', { headers: { 'x-a': '世界' } }, /^providers\.p\.headers\.x-a: expected the value/],
  ['a header of ours', { headers: { 'Content-Length': '1' } }, /^providers\.p\.headers\.Content-Length: the gateway/],
  ['a path with a space', { path: '/a b' }, /^providers\.p\.path: expected a path/],
  ['a path with a line break', { path: '/a\n' }, /^providers\.p\.path: expected a path/],
  ['a path that leads away', { path: '/../../x' }, /^providers\.p\.path: \/\.\.\/\.\.\/x leads away/],
  ['a query with a hash', { query: 'a=1#b' }, /^providers\.p\.query: expected a query/],
  ['a query with its mark', { query: '?a=1' }, /^providers\.p\.query: expected a query/],
  ['a port that is none', { baseUrl: 'https://x.example:99999/v1' }, /^providers\.p\.baseUrl: .* is no address/],
  [
    'a parameter that breaks the address',
    { preset: 'azure', baseUrl: undefined, parameters: { resource: 'my team' } },
    /^providers\.p\.baseUrl: https:\/\/my team\..* is no address/,
  ],
  [
    'a parameter that breaks the query',
    { preset: 'azure-deployment', baseUrl: undefined, parameters: { resource: 'team', apiVersion: '1#2' } },
    /^providers\.p\.query: api-version=1#2 is no query/,
  ],
  [
    'a parameter that no address uses',
    { parameters: { region: 'us-east-1' } },
    /^providers\.p\.parameters\.region: has no effect .*; it has no parameters/,
  ],
  [
    'a parameter of a query that is replaced',
    { preset: 'azure-deployment', baseUrl: undefined, query: 'v=1', parameters: { resource: 'r', apiVersion: '1' } },
    /^providers\.p\.parameters\.apiVersion: has no effect .*; its parameters are resource/,
  ],
])('%s is a mistake of the configuration', (_, settings, problem) => {
  expect(problems(settings)).toEqual([expect.stringMatching(problem)]);
});

test('a configuration without a provider is a mistake', () => {
  expect(problemsOf({ providers: {} })).toEqual(['providers: name at least one provider']);
});

test('what HTTP allows is taken', () => {
  const headers = { 'X-Team_1': 'a b\tc "d"', 'anthropic-beta': 'a,b' };
  expect(problems({ headers, path: '/a/{model}/b?c=d', query: 'e={f}&g=%20' })).toEqual([]);
  expect(problems({ baseUrl: 'https://{team}.example.com', parameters: { team: 'x' } })).toEqual([]);
  const region = { region: 'eu-west-1', service: 'bedrock' };
  expect(problemsOf({ providers: { p: { preset: 'bedrock', parameters: region } } })).toEqual([]);
});

test('a mistyped preset says which one may be meant, and nothing else', () => {
  expect(problemsOf({ providers: { opanai: {} } })).toEqual([
    "providers.opanai: a provider without a preset needs a baseUrl (did you mean 'openai'?)",
  ]);
});
