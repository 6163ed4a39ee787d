import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTable } from '../../infra/local/table.ts';
import { keyPartition } from '../../shared/aws/keys.ts';
import { completion, sendJson, sleep } from '../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { dataUrl, definitionOf, openStage, png, type Stage, sha256, textOf } from './stage.ts';

/** What is remembered of images: in a process, in the table, for whom, and until when. */
let stage: Stage;
const rigs: Rig[] = [];

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.eyes.asked.length = 0;
  stage.mind.asked.length = 0;
  stage.images.asked.length = 0;
  stage.script.eyes = undefined;
});
afterEach(async () => {
  for (const rig of rigs.splice(0).toReversed()) await rig.close();
});

async function open(vision: object = {}, rest: Partial<Parameters<typeof startRig>[0]> = {}): Promise<Rig> {
  const rig = await startRig({ definition: definitionOf(stage, vision), ...rest });
  rigs.push(rig);
  return rig;
}

const asking = (...urls: string[]) => ({
  model: 'thinker',
  messages: [{ role: 'user', content: urls.map((url) => ({ type: 'image_url', image_url: { url } })) }],
});

async function see(rig: Rig, body: object, headers: Record<string, string> = {}): Promise<string | null> {
  const response = await rig.post(body, headers);
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get('x-sluice-vision');
}

const slowly = async (): Promise<false> => {
  await sleep(300);
  return false;
};

interface Statistics {
  process: Record<string, number> & { hits: Record<string, number> };
  overall: Record<string, number> | null;
}

const auth = { authorization: `Bearer ${MASTER_KEY}` };
const statistics = async (rig: Rig): Promise<Statistics> =>
  (await (await fetch(`${rig.url}/admin/v1/cache/stats`, { headers: auth })).json()) as Statistics;
const clear = (rig: Rig, query = '', headers = auth): Promise<Response> =>
  fetch(`${rig.url}/admin/v1/cache${query}`, { method: 'DELETE', headers });

describe('one vision call is made', () => {
  test('by 50 requests that come at once with the same new image', async () => {
    const rig = await open();
    stage.script.eyes = slowly;
    const summaries = await Promise.all(Array.from({ length: 50 }, () => see(rig, asking(dataUrl(png('crowd'))))));
    expect(stage.eyes.asked).toHaveLength(1);
    expect(stage.mind.asked).toHaveLength(50);
    expect(summaries.filter((text) => text === 'hits=0,misses=1')).toHaveLength(1);
    expect(summaries.filter((text) => text === 'hits=1,misses=0')).toHaveLength(49);
  });

  test('by two processes that see the same new image at the same time', async () => {
    const first = await open();
    const second = await open({}, { table: first.local });
    stage.script.eyes = slowly;
    const summaries = await Promise.all([first, second].map((rig) => see(rig, asking(dataUrl(png('two processes'))))));
    expect(stage.eyes.asked).toHaveLength(1);
    expect(summaries.toSorted()).toEqual(['hits=0,misses=1', 'hits=1,misses=0']);
  });

  test('for an image that stands in a request several times, in whatever form it was sent', async () => {
    const rig = await open();
    const image = png('again');
    stage.images.serve.set('/again.png', image);
    const wrapped = `data:image/jpg;base64,${image.toString('base64').replace(/(.{40})/g, '$1\n')}`;
    await see(rig, asking(dataUrl(image), wrapped, dataUrl(image), `http://${stage.images.host}/again.png`));
    expect(stage.eyes.asked).toHaveLength(1);
    const text = textOf(stage.mind.asked[0]!);
    expect(text.match(/<image-description-[0-9a-f]{16} number="[1-4]">/g)).toHaveLength(4);
  });

  test('while the caller who asked first has left', async () => {
    const rig = await open();
    stage.script.eyes = slowly;
    const leaving = new AbortController();
    const body = JSON.stringify(asking(dataUrl(png('left behind'))));
    const init = { method: 'POST', headers: { ...auth, 'content-type': 'application/json' }, body };
    const first = fetch(`${rig.url}/v1/chat/completions`, { ...init, signal: leaving.signal }).catch(() => 'left');
    await sleep(80);
    const second = see(rig, asking(dataUrl(png('left behind'))));
    await sleep(50);
    leaving.abort();
    expect(await first).toBe('left');
    expect(await second).toBe('hits=1,misses=0');
    expect(stage.eyes.asked).toHaveLength(1);
  });
});

describe('an address', () => {
  test('is fetched once by all who ask for it at the same time', async () => {
    const rig = await open();
    stage.images.serve.set('/crowd.png', png('crowd by address'));
    const body = asking(`http://${stage.images.host}/crowd.png`);
    await Promise.all(Array.from({ length: 20 }, () => see(rig, body)));
    expect(stage.images.asked).toEqual(['200 /crowd.png']);
    expect(stage.eyes.asked).toHaveLength(1);
  });

  test('is fetched once, then known for a while, then asked only whether it has changed', async () => {
    const known = await open();
    const wary = await open({ urlSeconds: 1 });
    stage.images.serve.set('/tagged.png', png('tagged'));
    const url = `http://${stage.images.host}/tagged.png`;
    await see(known, asking(url));
    await see(known, asking(url));
    expect(stage.images.asked).toEqual(['200 /tagged.png']);
    await see(wary, asking(url));
    await sleep(1100);
    expect(await see(wary, asking(url))).toBe('hits=1,misses=0');
    expect(stage.images.asked.slice(1)).toEqual(['200 /tagged.png', '304 /tagged.png']);
    await sleep(1100);
    stage.images.serve.set('/tagged.png', png('another picture'));
    expect(await see(wary, asking(url))).toBe('hits=0,misses=1');
  });
});

describe('a description is not used', () => {
  test('in another detail', async () => {
    const rig = await open();
    const url = dataUrl(png('detail'));
    const detailed = (detail: string) => ({
      model: 'thinker',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url, detail } }] }],
    });
    expect(await see(rig, detailed('low'))).toBe('hits=0,misses=1');
    expect(await see(rig, detailed('high'))).toBe('hits=0,misses=1');
    expect((stage.eyes.asked[1]?.text ?? '').includes('"detail":"high"')).toBe(true);
    expect(await see(rig, detailed('low'))).toBe('hits=1,misses=0');
  });

  test('by another caller, unless the owner shares them; then no caller’s question is in them', async () => {
    for (const [shared, summary] of [
      [false, 'hits=0,misses=1'],
      [true, 'hits=1,misses=0'],
    ] as const) {
      const rig = await open({ cache: { shared } });
      await addKey(rig, 'sk-tenant');
      const body = asking(dataUrl(png('tenants')));
      (body.messages[0]!.content as object[]).push({ type: 'text', text: 'my secret question' });
      stage.eyes.asked.length = 0;
      expect(await see(rig, body)).toBe('hits=0,misses=1');
      expect(textOf(stage.eyes.asked[0]!).includes('my secret question')).toBe(!shared);
      expect(await see(rig, body, { authorization: 'Bearer sk-tenant' })).toBe(summary);
    }
  });

  test('once it has expired, though DynamoDB still has it', async () => {
    const first = await open({ cache: { ttlSeconds: 1 } });
    const body = asking(dataUrl(png('old')));
    await see(first, body);
    await sleep(2100);
    expect(await see(first, body)).toBe('hits=0,misses=1');
    await sleep(2100);
    const second = await open({ cache: { ttlSeconds: 1 } }, { table: first.local });
    expect(await see(second, body)).toBe('hits=0,misses=1');
  });

  test('where the cache is off', async () => {
    const rig = await open({ cache: { enabled: false } });
    const body = asking(dataUrl(png('off')));
    expect(await see(rig, body)).toBe('hits=0,misses=1');
    expect(await see(rig, body)).toBe('hits=0,misses=1');
  });
});

test('a description over 350 KB stays in memory and out of the table', async () => {
  const first = await open();
  const noise = Array.from({ length: 12_000 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex')).join('');
  stage.script.eyes = (_, response) => {
    sendJson(response, 200, completion(noise));
    return true;
  };
  const body = asking(dataUrl(png('huge')));
  expect(await see(first, body)).toBe('hits=0,misses=1');
  expect(await see(first, body)).toBe('hits=1,misses=0');
  const second = await open({}, { table: first.local });
  stage.script.eyes = undefined;
  expect(await see(second, body)).toBe('hits=0,misses=1');
  expect((await statistics(first)).overall?.stored).toBe(1);
  // To wait for the lease to expire would take longer.
}, 15_000);

test('a thousand different images leave a hundred in memory, with a bound on their bytes', async () => {
  const rig = await open({ cache: { maxEntries: 100 }, atOnce: 8 });
  for (let n = 0; n < 1000; n += 50) {
    await see(rig, asking(...Array.from({ length: 50 }, (_, index) => dataUrl(png(`many ${n + index}`)))));
  }
  expect(stage.eyes.asked).toHaveLength(1000);
  const { process } = await statistics(rig);
  expect(process).toMatchObject({ entries: 100, misses: 1000 });
  expect(process.bytes).toBeLessThan(100_000);
  const tight = await open({ cache: { maxBytes: 6000 } }, { table: rig.local });
  await see(tight, asking(...Array.from({ length: 50 }, (_, n) => dataUrl(png(`many ${n}`)))));
  const bounded = (await statistics(tight)).process;
  expect(bounded).toMatchObject({ misses: 0, hits: { memory: 0, table: 50, shared: 0 } });
  expect(bounded.bytes).toBeLessThanOrEqual(6000);
}, 60_000);

test('with DynamoDB away requests still work, remember in memory, and say so in the log once', async () => {
  const local = await startTable();
  const rig = await open({}, { table: local });
  await local.close();
  const body = asking(dataUrl(png('away')));
  expect(await see(rig, body)).toBe('hits=0,misses=1');
  expect(await see(rig, body)).toBe('hits=1,misses=0');
  expect(await see(rig, asking(dataUrl(png('away too'))))).toBe('hits=0,misses=1');
  stage.eyes.asked.length = 0;
  stage.script.eyes = slowly;
  await Promise.all(Array.from({ length: 20 }, () => see(rig, asking(dataUrl(png('crowd, no table'))))));
  expect(stage.eyes.asked).toHaveLength(1);
  const warnings = rig.logged.filter(({ message }) => message.startsWith('descriptions of images'));
  expect(warnings).toHaveLength(1);
  expect((await statistics(rig)).overall).toBeNull();
  expect((await clear(rig)).status).toBe(503);
});

describe('statistics and clearing', () => {
  test('count hits by where they came from, misses, and what was saved, here and in all processes', async () => {
    const first = await open();
    const second = await open({}, { table: first.local });
    stage.script.eyes = slowly;
    const body = asking(dataUrl(png('counted')));
    await see(first, body);
    await see(first, body);
    await see(second, body);
    expect((await first.post(asking('http://127.0.0.1:1/private.png'))).status).toBe(400);
    const here = await statistics(first);
    expect(here.process).toMatchObject({
      entries: 1,
      hits: { memory: 1, table: 0, shared: 0 },
      misses: 1,
      errors: 1,
      calls_saved: 1,
      hit_rate: 0.5,
    });
    expect(here.process.seconds_saved).toBeGreaterThanOrEqual(0.29);
    const there = await statistics(second);
    expect(there.process.hits).toEqual({ memory: 0, table: 1, shared: 0 });
    expect(there.overall).toMatchObject({ days: 30, hits: 2, misses: 1, calls_saved: 2, stored: 1 });
    expect(there.overall?.hit_rate).toBeCloseTo(2 / 3);
    expect(there.overall?.stored_bytes).toBeGreaterThan(20);
  });

  test('one image, or all, are forgotten at once in every process', async () => {
    const first = await open();
    const second = await open({}, { table: first.local });
    const [one, two] = [png('one'), png('two')];
    const body = asking(dataUrl(one), dataUrl(two));
    expect(await see(first, body)).toBe('hits=0,misses=2');
    expect(await see(second, body)).toBe('hits=2,misses=0');
    const cleared = await clear(first, `?image=${sha256(one)}`);
    expect(await cleared.json()).toEqual({ object: 'cache.cleared', image: sha256(one) });
    expect(await see(second, body)).toBe('hits=1,misses=1');
    expect(await see(first, body)).toBe('hits=2,misses=0');
    expect((await clear(second)).status).toBe(200);
    expect(await see(first, body)).toBe('hits=0,misses=2');
    expect(await see(second, body)).toBe('hits=2,misses=0');
  });

  test('are not for virtual keys', async () => {
    const rig = await open();
    await addKey(rig, 'sk-guest');
    const guest = { authorization: 'Bearer sk-guest' };
    expect((await fetch(`${rig.url}/admin/v1/cache/stats`, { headers: guest })).status).toBe(401);
    expect((await clear(rig, '', guest)).status).toBe(401);
    expect((await fetch(`${rig.url}/admin/v1/cache/stats`)).status).toBe(401);
    expect((await fetch(`${rig.url}/admin/v1/cache`, { headers: auth })).status).toBe(405);
    const wrong = await clear(rig, '?image=../etc');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ error: { param: 'image' } });
  });
});

async function addKey({ local: { table } }: Rig, key: string): Promise<void> {
  const digest = createHash('sha256').update(key).digest('hex');
  const Item = { pk: { S: keyPartition(digest) }, sk: { S: 'KEY' }, id: { S: key }, name: { S: key } };
  await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
}
