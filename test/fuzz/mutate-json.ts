import type { Random } from './random.ts';

/** JSON that its writer would not write: some text of it stands for other text (`RAW`), as a number beyond all bounds. */
type Json = unknown;

const RAW = '\u0001raw:';

/** Values that readers trip over. */
const odd: readonly ((random: Random) => Json)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => '',
  () => ' ',
  () => [],
  () => ({}),
  () => [null],
  () => [[[]]],
  () => `${RAW}1e999`,
  () => `${RAW}-0`,
  () => `${RAW}12345678901234567890123`,
  () => '\ud83d',
  () => '\u0000\u001f\u007f',
  () => 'a\r\nx-evil: 1\r\n\r\n',
  () => 'data: [DONE]\n\n',
  () => '../../admin?key=1#',
  () => '日本 \u2028\u202e\ufeff',
  (random) => 'x'.repeat(random.pick([100, 3_000, 70_000])),
  (random) => nested(random.pick([5, 60, 250])),
  (random) => Array.from({ length: random.pick([2, 50, 2_000]) }, () => ({})),
  () => ({ __proto__: null, constructor: { prototype: 1 }, toString: 1 }),
  () => 'data:image/png;base64,!!!!',
  () => 'http://169.254.169.254/latest/meta-data/',
];

const names = [
  '日本',
  'a\r\nx-evil: 1',
  '__proto__',
  'constructor',
  '',
  'toString',
  '\ud83d',
  'n'.repeat(20_000),
  'type',
  'role',
  'stream',
  'model',
];

function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

interface Place {
  holder: Record<string, Json> | Json[];
  key: string | number;
}

/** The text of a value with some of its parts changed, left out, doubled, moved or renamed. */
export function mutatedJson(value: Json, random: Random, most = 3): string {
  const root = { value: structuredClone(value) };
  const times = 1 + random.below(most);
  for (let time = 0; time < times; time += 1) mutate(random.pick(placesIn(root)), random, placesIn(root));
  return textOf(root.value, random);
}

function placesIn(root: Record<string, Json>): Place[] {
  const places: Place[] = [];
  const open: (Record<string, Json> | Json[])[] = [root];
  for (let holder = open.pop(); holder; holder = open.pop()) {
    const keys: (string | number)[] = Array.isArray(holder) ? [...holder.keys()] : Object.keys(holder);
    for (const key of keys) {
      places.push({ holder, key });
      const inner = valueAt({ holder, key });
      if (typeof inner === 'object' && inner !== null && places.length < 5_000) open.push(inner as Json[]);
    }
  }
  return places;
}

const valueAt = ({ holder, key }: Place): Json => (holder as Record<string | number, Json>)[key];

function put({ holder, key }: Place, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutate(place: Place, random: Random, all: readonly Place[]): void {
  const { holder, key } = place;
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else if (key !== 'value') delete holder[key];
      return;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(valueAt(place)));
      return;
    case 2:
      put(place, structuredClone(valueAt(random.pick(all))));
      return;
    case 3:
      if (!Array.isArray(holder)) put({ holder, key: random.pick(names) }, random.pick(odd)(random));
      return;
    case 4: {
      const value = valueAt(place);
      if (typeof value === 'string')
        put(place, value.slice(0, random.below(value.length + 1)) + random.pick(['', '\ud83d', '"', '\\', '🎉']));
      return;
    }
    default:
      put(place, random.pick(odd)(random));
  }
}

function textOf(value: Json, random: Random): string {
  const text = (JSON.stringify(value) ?? 'null').replaceAll(/"\\u0001raw:([^"]*)"/g, '$1');
  // A member twice, and bytes that are no JSON.
  if (random.chance(0.03)) return text.replace('{', '{"model":"other",');
  if (random.chance(0.03)) return text.slice(0, random.below(text.length));
  return random.chance(0.02) ? `\ufeff${text}` : text;
}
