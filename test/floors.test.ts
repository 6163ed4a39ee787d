import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetNames } from '../shared/providers/registry.ts';
import { rooms } from './rooms.ts';

const root = path.join(import.meta.dirname, '..');

/** Tests may import every room. */
const mayImport = (from: string, to: string): boolean =>
  from === to || (from === 'test' ? to in rooms : (rooms[from]?.includes(to) ?? false));

/** Allowed imports that no file has yet, as `room → room`, each with its reason: for rooms that are just being built. */
const growing: Readonly<Record<string, string>> = {};

/** Rooms about vendors; only their code may name one. A service account's key is exchanged for tokens at its vendor alone. */
const mayNameVendors: readonly RegExp[] = [
  /^shared\/dialects\//,
  /^shared\/providers\//,
  /^shared\/upstream\/service-account\.ts$/,
  /^infra\//,
  /^test\//,
];

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

/** Names of vendors: of our presets, files of providers and dialects, and others that would be as wrong. */
const others = [
  'claude',
  'chatgpt',
  'kimi',
  'qwen',
  'doubao',
  'ernie',
  'grok',
  'jina',
  'voyage',
  'perplexity',
  'googleapis',
];
const noVendors: ReadonlySet<string> = new Set(['business', 'kit']);
const vendors = new Set(
  [
    ...presetNames.map((name) => name.split('-')[0]!),
    ...files.flatMap((file) => /^shared\/providers\/[^/]+\/([^/]+)\.ts$/.exec(file)?.[1] ?? []),
    ...files.flatMap((file) => /^shared\/dialects\/([^/-]+)[^/]*\/./.exec(file)?.[1] ?? []),
    ...others,
  ].filter((name) => !noVendors.has(name)),
);
/** English words, or parts of such, are looked for as whole words. */
const words: ReadonlySet<string> = new Set(['together', 'writer', 'lambda', 'amazon', 'meta', 'llama', 'gpt']);
const vendor = new RegExp([...vendors].map((name) => (words.has(name) ? `\\b${name}\\b` : name)).join('|'), 'i');

const arrow = ({ file, target }: Edge): string => `${file} → ${target}`;

/** The code of a file without its comments: what may not be named there may still be explained. */
const codeOf = (file: string): string =>
  sourceOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

const isOurs = (file: string): boolean => /^(?:shared|functions)\//.test(file);

const clock =
  /\b(?:Date\s*\.\s*now|Math\s*\.\s*random|AbortSignal\s*\.\s*timeout|performance|hrtime|globalThis|perf_hooks|getRandomValues|randomBytes|randomInt)\b|(?<![.\w])set(?:Timeout|Interval|Immediate)\b|\btimers(?:\/promises)?['"]|\bnew\s+Date\b(?!\s*\(\s*[^)\s])|(?<!new\s+)\bDate\s*\(/;
/** Lines that the check must find. */
const ownClocks = [
  'globalThis.setTimeout(task, 1);',
  "import { setTimeout as wait } from 'node:timers/promises';",
  "import timers from 'node:timers';",
  'const now = new Date;',
  'const now = new Date ( );',
  'const text = Date();',
  'const wait = setTimeout;',
  'AbortSignal.timeout(1)',
  'Math.random()',
  'performance.now()',
] as const;

const outgoing =
  /(?<![.\w])fetch\s*\(|\bhttps?\s*\.\s*(?:request|get)\s*\(|\bhttps\b.*\)\.request\(|\bundici\b|['"]node:http2['"]|import\s*\{[^}]*\b(?:request|get)\b[^}]*\}\s*from 'node:https?'|\b(?:connect|createConnection)\s*\(/;
const ownCalls = [
  'await fetch(url)',
  'await fetch (url)',
  'http.get(url)',
  'https.request (url)',
  "import { request as ask } from 'node:https';",
  "import { fetch } from 'undici';",
  "import http2 from 'node:http2';",
  'net.connect({ host })',
] as const;

describe('the floors of the house', () => {
  test('every file is in a room of the table, and every room of the table has files', () => {
    const used = new Set(files.map(roomOf));
    expect([...used].filter((room) => room !== 'test' && !(room in rooms))).toEqual([]);
    expect(Object.keys(rooms).filter((room) => !used.has(room))).toEqual([]);
  });

  test('a file imports from its own room or from one below it', () => {
    const wrong = inner.filter(({ file, target }) => !mayImport(roomOf(file), roomOf(target)));
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('every import that the table allows is used by a file', () => {
    const used = new Set(inner.map(({ file, target }) => `${roomOf(file)} → ${roomOf(target)}`));
    const unused = Object.entries(rooms)
      .flatMap(([room, below]) => below.map((other) => `${room} → ${other}`))
      .filter((edge) => !used.has(edge));
    expect(unused).toEqual(Object.keys(growing));
  });

  test('the table itself has no circle: no room is built on itself by way of others', () => {
    const edges = Object.entries(rooms).flatMap(([file, below]) => below.map((target) => ({ file, target })));
    expect(circlesIn(edges)).toEqual([]);
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

  test('a dialect is reached by its entry files alone: clients, traits, and for presets the provider dialect and its names', () => {
    const allowed: Readonly<Record<string, RegExp>> = {
      'shared/dialects/clients.ts': /\/client\/[^/]+\.ts$/,
      'shared/dialects/traits.ts': /\/provider\/traits\.ts$/,
      'shared/dialects/fit.ts': /\/kit\/refusals\.ts$/,
      'shared/gateway/endpoints/passed/operation.ts': /\/kit\/operations\.ts$/,
    };
    const wrong = inner.filter(({ file, target }) => {
      if (/^(?:test|shared\/dialects\/[^/]+)\//.test(file) || !/^shared\/dialects\/[^/]+\//.test(target)) return false;
      const rule =
        allowed[file] ?? (file.startsWith('shared/providers/') ? /\/(?:provider\/dialect|names)\.ts$/ : undefined);
      return !rule?.test(target);
    });
    expect(wrong.map(arrow)).toEqual([]);
    expect(Object.keys(allowed).filter((file) => !files.includes(file))).toEqual([]);
  });

  test("vendors' names appear in the code of dialects and providers only", () => {
    expect([...vendors]).toEqual(expect.arrayContaining(['openai', 'tencent', 'gemini', 'claude', 'vllm']));
    const naming = files
      .filter((file) => isOurs(file) && !mayNameVendors.some((place) => place.test(file)))
      .filter((file) => vendor.test(codeOf(file)));
    expect(naming).toEqual([]);
    expect(mayNameVendors.filter((place) => !files.some((file) => place.test(file)))).toEqual([]);
  });

  test.each([...ownClocks])('the clock check finds %s', (line) => expect(clock.test(line)).toBe(true));

  test('clock, timers and chance come in by the port Time, so that a simulation can own them', () => {
    // The keys that the administration makes need a chance that no simulation owns.
    const places = ['shared/async/time.ts', 'shared/aws/admin/ports.ts'];
    expect(files.filter((file) => isOurs(file) && clock.test(codeOf(file)))).toEqual(places);
    expect(
      ['new Date(time).toISOString()', 'request.setTimeout(idleMs)', 'timer.after(1)'].filter((line) =>
        clock.test(line),
      ),
    ).toEqual([]);
  });

  test('the AWS SDK, its Smithy parts and powertools appear in shared/aws and in the local twin only', () => {
    const wrong = imports.filter(
      ({ file, from }) => /^(?:@aws-|@smithy\/|aws-)/.test(from) && !/^(?:shared\/aws|infra|test)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test.each([...ownCalls])('the check of calls over HTTP finds %s', (line) => expect(outgoing.test(line)).toBe(true));

  test('one file calls providers over HTTP, and one fetches what callers name', () => {
    expect(files.filter((file) => isOurs(file) && outgoing.test(codeOf(file)))).toEqual([
      'shared/media/fetch.ts',
      'shared/upstream/send.ts',
    ]);
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
    const full = [...counts].filter(([, inside]) => inside.length > 20);
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
