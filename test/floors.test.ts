import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom. Each room names the rooms below it that it builds on; a file may always import from its own room.
 * A room that is not in the table, or a rule that matches no file, fails.
 */
const root = path.join(import.meta.dirname, '..');

const ground = ['errors', 'env', 'log'] as const;
const hub = [...ground, 'async', 'http', 'chat', 'vectors'] as const;
const translation = [...hub, 'transforms', 'media', 'dialects'] as const;
const directory = [...translation, 'providers', 'catalog'] as const;
const call = [...directory, 'call'] as const;
const lines = [...call, 'upstream', 'remember'] as const;
const policy = [...lines, 'accounting', 'routing'] as const;
const story = [...policy, 'roads', 'vision'] as const;

const rooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  env: [],
  log: [],
  async: ground,
  http: ground,
  chat: ['errors', 'http'],
  vectors: ['errors', 'chat'],
  transforms: hub,
  media: hub,
  dialects: [...hub, 'transforms', 'media'],
  providers: translation,
  catalog: [...translation, 'providers'],
  call: directory,
  upstream: call,
  remember: [...ground, 'async'],
  accounting: lines,
  routing: [...lines, 'accounting'],
  roads: policy,
  vision: [...policy, 'roads'],
  gateway: story,
  operations: [...story, 'gateway'],
  aws: [...story, 'gateway', 'operations'],
  hosts: [...ground, 'async', 'http', 'gateway'],
  functions: [...story, 'gateway', 'operations', 'aws', 'hosts'],
  infra: [...story, 'gateway', 'operations', 'aws', 'hosts', 'functions'],
  test: [...story, 'gateway', 'operations', 'aws', 'hosts', 'functions', 'infra'],
};

/** Every vendor we know by name; only the rooms that are about vendors may name one in code. */
const vendors =
  /\b(?:openai|anthropic|claude|gemini|vertex|bedrock|cohere|azure|openrouter|deepseek|groq|mistral|together|fireworks|xai|volcengine|qianfan|dashscope|hunyuan|tokenhub|moonshot|zhipu|siliconflow|minimax|ollama|vllm)/i;
const mayNameVendors: readonly RegExp[] = [/^shared\/dialects\//, /^shared\/providers\//, /^infra\//, /^test\//];

const files = ['shared', 'functions', 'infra', 'test'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.ts')),
);

const sourceOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Import {
  file: string;
  from: string;
}

const imports: Import[] = files.flatMap((file) => {
  const found = sourceOf(file).matchAll(
    /^(?:import|export)\b[^'"`;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms,
  );
  return [...found].map(([, a, b, c]) => ({ file, from: (a ?? b ?? c)! }));
});

interface Edge {
  file: string;
  target: string;
}

const inner: Edge[] = imports
  .filter(({ from }) => from.startsWith('.') && from.endsWith('.ts'))
  .map(({ file, from }) => ({ file, target: path.posix.join(path.posix.dirname(file), from) }));

function roomOf(file: string): string {
  const [top, second] = file.split('/');
  return top === 'shared' ? second!.replace(/\.ts$/, '') : top!;
}

const arrow = ({ file, target }: Edge): string => `${file} → ${target}`;

/** The code of a file without its comments: what may not be named there may still be explained. */
const codeOf = (file: string): string =>
  sourceOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

describe('the floors of the house', () => {
  test('every file is in a room of the table, and every room of the table has files', () => {
    const used = new Set(files.map(roomOf));
    expect([...used].filter((room) => !(room in rooms))).toEqual([]);
    expect(Object.keys(rooms).filter((room) => !used.has(room))).toEqual([]);
  });

  test('a file imports from its own room or from one below it', () => {
    const wrong = inner.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && !rooms[from]?.includes(to);
    });
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('the table itself has no circle: a room never builds on one that builds on it', () => {
    const both = Object.entries(rooms).flatMap(([room, below]) =>
      below.filter((other) => rooms[other]?.includes(room)).map((other) => `${room} ↔ ${other}`),
    );
    expect(both).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    expect(circlesIn(inner)).toEqual([]);
  });

  test('no dialect imports another, and its two halves know nothing of each other', () => {
    const dialect = (file: string) => /^shared\/dialects\/([^/]+)\/./.exec(file)?.[1];
    const half = (file: string) => /^shared\/dialects\/[^/]+\/(client|provider)\//.exec(file)?.[1];
    const wrong = inner.filter(({ file, target }) => {
      const [from, to] = [dialect(file), dialect(target)];
      if (!from || !to || to === 'kit') return false;
      if (from !== to) return true;
      return half(file) !== undefined && half(target) !== undefined && half(file) !== half(target);
    });
    expect(wrong.map(arrow)).toEqual([]);
    expect(files.some((file) => half(file) === 'client')).toBe(true);
    expect(files.some((file) => half(file) === 'provider')).toBe(true);
  });

  test("vendors' names appear in the code of dialects and providers only", () => {
    const naming = files
      .filter((file) => /^(?:shared|functions)\//.test(file) && !mayNameVendors.some((place) => place.test(file)))
      .filter((file) => vendors.test(codeOf(file)));
    expect(naming).toEqual([]);
    expect(mayNameVendors.filter((place) => !files.some((file) => place.test(file)))).toEqual([]);
  });

  test('clock, timers and chance come in by the port Time, so that a simulation can own them', () => {
    const own =
      /\b(?:Date\.now|Math\.random|AbortSignal\.timeout|performance\.now)\b|(?<![.\w])(?:setTimeout|setInterval|setImmediate)\(|new Date\(\)/;
    const places = files.filter((file) => /^(?:shared|functions)\//.test(file) && own.test(codeOf(file)));
    expect(places).toEqual(['shared/async/time.ts']);
  });

  test('the AWS SDK and powertools appear in shared/aws and in the local twin only', () => {
    const wrong = imports.filter(
      ({ file, from }) => /^@aws-(?:sdk|lambda-powertools)\//.test(from) && !/^(?:shared\/aws|infra|test)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test('one file calls providers over HTTP, and one fetches what callers name', () => {
    const callers = files
      .filter((file) => /^(?:shared|functions)\//.test(file))
      .filter((file) => /\bfetch\(|https?\.request\(|\bhttps\b.*\)\.request\(/.test(sourceOf(file)));
    expect(callers).toEqual(['shared/media/fetch.ts', 'shared/upstream/send.ts']);
  });

  test('files stay short', () => {
    const long = files
      .filter((file) => !/\/wire\.ts$|\.config\.ts$/.test(file))
      .map((file) => ({ file, lines: sourceOf(file).split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test('no folder holds more than 20 files', () => {
    const counts = Map.groupBy(files, (file) => path.posix.dirname(file));
    const full = [...counts].filter(([folder, inside]) => !folder.startsWith('test') && inside.length > 20);
    expect(full.map(([folder, inside]) => `${folder}: ${inside.length}`)).toEqual([]);
  });
});

/** Each circle once, as the files on it. Depth first: an arrow back to a file on the path closes a circle. */
function circlesIn(edges: readonly Edge[]): string[] {
  const next = Map.groupBy(edges, ({ file }) => file);
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(file: string, trail: readonly string[]): void {
    const at = trail.indexOf(file);
    if (at !== -1) {
      circles.push([...trail.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const { target } of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  }
  for (const file of next.keys()) visit(file, []);
  return circles;
}
