import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answers, stayOpen } from '../faults/plays.ts';
import { type FaultyUpstream, startFaulty } from '../faults/upstream.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { type LambdaGateway, startLambdaGateway } from './lambda-stand-in.ts';
import { numbered, scripts } from './limits-provider.ts';
import { type Asked, asks, deep, describes, large, messages, type Post, translates } from './limits-requests.ts';

/**
 * README's table "What has which bound", each row just under its bound and just over it, on both hosts; parts of
 * a stream in test/dialects/kit/stream-bounds.test.ts, readers who do not read and closing in test/hosts/closing.test.ts.
 */

const small = {
  limits: { bodyBytes: 20_000, depth: 20, values: 5_000, eventBytes: 50_000, replyBytes: 50_000, streamBytes: 30_000 },
  media: {
    maxBytes: 3_000,
    timeoutMs: 300,
    maxCount: 3,
    totalBytes: 5_000,
    totalMs: 200,
  },
  timeouts: {
    connectMs: 300,
    firstEventMs: 300,
    idleMs: 300,
    totalMs: 1_500,
    replyMs: 600,
  },
  stream: { commitAfterMs: 5_000 },
  vision: { maxImages: 2, timeoutMs: 400, cache: { enabled: false } },
};

let rig: Rig;
let lambda: LambdaGateway;
let upstream: FaultyUpstream;
let images: http.Server;
let imageHost: string;

beforeAll(async () => {
  upstream = await startFaulty({
    async asked(scene) {
      const path = decodeURIComponent(scene.call.path);
      const model = /"model":"([^"]*)"/.exec(scene.call.body)?.[1] ?? path;
      const script = scripts[/^[a-z]+/.exec(model)?.[0] ?? ''];
      if (script) return script(numbered(model))(scene);
      await answers(({ pieces }) => pieces).asked!(scene);
    },
  });
  images = http.createServer(async ({ url = '' }, response) => {
    const amount = numbered(url);
    if (url.includes('redirect')) {
      const next = amount === 1 ? '/10.png' : `/redirect${amount - 1}.png`;
      return response.writeHead(302, { location: next }).end();
    }
    if (url.includes('slow')) await new Promise((resolve) => setTimeout(resolve, amount));
    response.end(
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(url.includes('slow') ? 10 : amount)]),
    );
  });
  await new Promise<void>((resolve) => images.listen(0, '127.0.0.1', resolve));
  imageHost = `127.0.0.1:${(images.address() as AddressInfo).port}`;
  const definition = {
    ...small,
    providers: {
      p: { baseUrl: `${upstream.url}/openai-chat`, auth: 'none' },
      long: { baseUrl: `${upstream.url}/openai-chat`, auth: 'none', traits: { developerAsSystem: true } },
      gemini: { baseUrl: `${upstream.url}/gemini`, auth: 'none' },
    },
    media: { ...small.media, trustedHosts: [imageHost] },
    models: {
      blind: { targets: 'p/well', sees: false, vision: 'p/describe10' },
      blindslow: { targets: 'p/well', sees: false, vision: 'p/describe900' },
    },
  };
  rig = await startRig({ definition });
  lambda = startLambdaGateway(definition);
});
afterAll(async () => {
  await rig.close();
  images.closeAllConnections();
  images.close();
  await upstream.close();
});

const onNode: Post = async (body, headers = {}) => {
  const response = await rig.post(body, headers);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

const onLambda: Post = (body, headers) => lambda.post(typeof body === 'string' ? body : JSON.stringify(body), headers);

const many = (count: number) => (post: Post) =>
  post({ model: 'p/well', messages, x_many: Array.from({ length: count }, () => 1) });
const shows =
  (...paths: readonly string[]) =>
  (post: Post) => {
    const parts = paths.map((path) => ({ type: 'image_url', image_url: { url: `http://${imageHost}/${path}.png` } }));
    return post({ model: 'gemini/gemini-2.5-pro', messages: [{ role: 'user', content: parts }] });
  };

interface Row {
  what: string;
  under: (post: Post) => Promise<Asked>;
  over: (post: Post) => Promise<Asked>;
  status: number;
  says?: RegExp;
  /** AWS's front bounds it before the function is asked. */
  onlyOnNode?: true;
}

const rows: readonly Row[] = [
  { what: 'limits.values', under: many(4_500), over: many(5_000), status: 400, says: /limits\.values/ },
  { what: 'limits.bodyBytes', under: large(20_000), over: large(20_001), status: 413 },
  { what: 'limits.depth', under: deep(20), over: deep(21), status: 400, says: /20 levels/ },
  {
    what: 'headers of a request',
    onlyOnNode: true,
    under: (post) => post({ model: 'p/well', messages }, { 'x-large': 'a'.repeat(15_000) }),
    over: (post) => post({ model: 'p/well', messages }, { 'x-large': 'a'.repeat(17_000) }),
    status: 431,
  },
  { what: 'headers of a provider', under: asks('headers15000', false), over: asks('headers17000', false), status: 502 },
  { what: 'media.maxBytes', under: shows('2900'), over: shows('3001'), status: 400 },
  { what: 'redirects of an image', under: shows('redirect3'), over: shows('redirect4'), status: 400 },
  { what: 'media.timeoutMs', under: shows('slow50'), over: shows('slow700'), status: 400 },
  { what: 'timeouts.idleMs', under: asks('idle150', true), over: asks('idle900', true), status: 200, says: /"error"/ },
  {
    what: 'timeouts.totalMs',
    under: asks('total700', true),
    over: asks('total2500', true),
    status: 200,
    says: /"error"/,
  },
];

const replyRows: readonly Row[] = [
  { what: 'limits.eventBytes', under: asks('event45000', true), over: asks('event50001', true), status: 502 },
  {
    what: 'limits.eventBytes, for all before the first event with content',
    under: asks('preamble49000', true),
    over: asks('preamble51000', true),
    status: 502,
  },
  {
    what: 'limits.streamBytes',
    under: translates('event29900'),
    over: translates('event30001'),
    status: 200,
    says: /streamBytes/,
  },
  {
    what: 'vision.maxImages',
    under: describes('blind', 2),
    over: describes('blind', 3),
    status: 400,
    says: /2 is the most/,
  },
  {
    what: 'vision.timeoutMs',
    under: describes('blind', 1),
    over: describes('blindslow', 1),
    status: 504,
  },
  {
    what: 'limits.replyBytes',
    under: asks('reply49000', false),
    over: asks('reply50001', false),
    status: 502,
    says: /50000/,
  },
  {
    what: 'limits.values of a reply',
    under: asks('values4000', false),
    over: asks('values5000', false),
    status: 502,
    says: /limits\.values/,
  },
  {
    what: 'media.maxCount',
    under: shows('10', '11', '12'),
    over: shows('10', '11', '12', '13'),
    status: 400,
    says: /maxCount/,
  },
  {
    what: 'media.totalBytes',
    under: shows('2400', '2401'),
    over: shows('2500', '2501'),
    status: 400,
    says: /totalBytes/,
  },
  {
    what: 'media.totalMs',
    under: shows('slow80', 'slow81'),
    over: shows('slow250', 'slow251'),
    status: 400,
    says: /totalMs/,
  },
  {
    what: 'timeouts.firstEventMs, comments not counted',
    under: asks('firstevent100', true),
    over: asks('firstevent900', true),
    status: 504,
  },
  { what: 'timeouts.replyMs', under: asks('slowreply200', false), over: asks('slowreply1300', false), status: 504 },
];

const hosts: Record<string, Post> = { node: onNode, lambda: onLambda };

function holds({ what, under, over, status, says, onlyOnNode }: Row): void {
  for (const [host, post] of Object.entries(hosts)) {
    if (onlyOnNode && host !== 'node') continue;
    test(`${what}: just under is answered, just over is ${status}, on ${host}`, async () => {
      const fits = await under(post);
      expect(fits.status, fits.text).toBe(200);
      expect(fits.text).not.toMatch(/"error":\{/);
      const refused = await over(post);
      expect(refused.status, refused.text.slice(0, 300)).toBe(status);
      if (says) expect(refused.text).toMatch(says);
    });
  }
}

describe('a bound', () => {
  for (const row of rows) holds(row);
});

describe('a bound of what providers and image hosts send', () => {
  for (const row of replyRows) holds(row);
});

describe.each(Object.entries(hosts))('on %s', (host, post) => {
  test('a connection that is not made is given up after timeouts.connectMs', async () => {
    // No answer comes from this network, which is for documentation.
    const definition = {
      providers: { far: { baseUrl: 'http://192.0.2.1/v1', auth: 'none' } },
      timeouts: { ...small.timeouts, replyMs: 20_000 },
    };
    const elsewhere = host === 'node' ? await startRig({ definition }) : undefined;
    const body = { model: 'far/m', messages };
    const { status } = elsewhere
      ? await elsewhere.post(body)
      : await startLambdaGateway(definition).post(JSON.stringify(body));
    // 502 where this machine knows no way there. Without the bound, the test would run out of its own time.
    expect([502, 504]).toContain(status);
    await elsewhere?.close();
  });

  test('a caller is asked to wait a minute at most', async () => {
    expect((await asks('wait59', false)(post)).headers.get('retry-after')).toBe('59');
    expect((await asks('wait61', false)(post)).headers.get('retry-after')).toBe('60');
  });

  test("of a provider's refusal 64 KB are read: a reason behind them is not found", async () => {
    const under = await asks('refusal65536', false)(post);
    expect([under.status, under.text]).toEqual([400, expect.stringContaining('the reason')]);
    const over = await asks('refusal65537', false)(post);
    expect([over.status, over.text]).toEqual([400, expect.not.stringContaining('the reason')]);
  });

  test('names of dropped fields in a header are cut, and only so many are listed', async () => {
    const dropped = async (names: readonly string[]): Promise<string> => {
      const body = { model: 'gemini/gemini-2.5-pro', messages, ...Object.fromEntries(names.map((name) => [name, 1])) };
      const { status, headers } = await post(body);
      expect(status).toBe(200);
      return headers.get('x-sluice-dropped') ?? '';
    };
    const named = (count: number) => Array.from({ length: count }, (_, at) => `x${at}`);
    expect(await dropped(named(50))).toBe(named(50).join(', '));
    expect(await dropped(named(53))).toBe(`${named(50).join(', ')}, +3 more`);
    expect(await dropped(['n'.repeat(100)])).toBe('n'.repeat(100));
    expect((await dropped(['n'.repeat(101)])).length).toBeLessThanOrEqual(100);
    const long = await dropped(named(60).map((name) => name + 'n'.repeat(300)));
    expect(long.length).toBeLessThanOrEqual(1_000);
    expect(long).toMatch(/more$/);
  });
});

test('a silent provider is let go, and the connection with it', async () => {
  const silent = await startFaulty({ asked: stayOpen });
  const other = await startRig({
    definition: { providers: { p: { baseUrl: silent.url, auth: 'none' } }, timeouts: small.timeouts },
  });
  expect((await other.post({ model: 'p/m', stream: true, messages })).status).toBe(504);
  await expect.poll(() => silent.open()).toBe(0);
  await other.close();
  await silent.close();
});
