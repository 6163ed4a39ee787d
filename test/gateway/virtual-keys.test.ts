import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toItem } from '../../shared/aws/attributes.ts';
import { createKeys, keyPartition } from '../../shared/aws/keys.ts';
import { openTable } from '../../shared/aws/table.ts';
import { writeEach } from '../../shared/aws/usage.ts';
import { completion, sendJson, startProvider, type TestProvider } from '../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';

/** Who is let in, and what happens when the table is away. */
let provider: TestProvider;
let rig: Rig;
let away: Rig;

const nowhere = openTable('sluice-away', {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
});

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  const definition = { providers: { mock: { baseUrl: provider.url, auth: 'none' } } };
  rig = await startRig({ definition });
  away = await startRig({
    definition,
    ports: ({ log, time, records }) => ({
      keys: createKeys({ table: nowhere, time, log }),
      records: { ...records, ...writeEach({ table: nowhere, retentionDays: 1, log }) },
    }),
  });
  await putKey('sk-good', { id: 'key_1', name: 'team one' });
  await putKey('sk-revoked', { id: 'key_2', name: 'gone', revoked: true });
  await putKey('sk-expired', { id: 'key_3', name: 'old', expiresAt: Math.floor(Date.now() / 1000) - 1 });
});
afterAll(async () => {
  await Promise.all([rig.close(), away.close()]);
  await provider.close();
});

async function putKey(key: string, fields: Record<string, string | number | boolean>): Promise<void> {
  const { client, name } = rig.local.table;
  const pk = keyPartition(createHash('sha256').update(key).digest('hex'));
  await client.send(new PutItemCommand({ TableName: name, Item: toItem({ pk, sk: 'KEY', ...fields }) }));
}

const body = { model: 'mock/m', messages: [{ role: 'user', content: 'x' }] };
const status = async (headers: Record<string, string>): Promise<number> => (await rig.post(body, headers)).status;

describe('a key', () => {
  test('is taken as a bearer token and as x-api-key, whatever the case of the word Bearer', async () => {
    expect(await status({ authorization: `bearer ${MASTER_KEY}` })).toBe(200);
    expect(await status({ authorization: '', 'x-api-key': MASTER_KEY })).toBe(200);
    expect(await status({ authorization: 'Bearer wrong', 'x-api-key': MASTER_KEY })).toBe(200);
  });

  test('of the table lets in, and its owner is recorded', async () => {
    expect(await status({ authorization: 'Bearer sk-good' })).toBe(200);
    await expect.poll(() => rig.requests.at(-1)).toMatchObject({ caller: 'key_1', callerName: 'team one' });
  });

  test.each([
    ['that is not in the table', { authorization: 'Bearer sk-unknown' }, 'invalid_api_key'],
    ['that was revoked', { authorization: 'Bearer sk-revoked' }, 'invalid_api_key'],
    ['that has expired', { authorization: 'Bearer sk-expired' }, 'invalid_api_key'],
    ['that is none', { authorization: '' }, null],
    ['of another scheme', { authorization: `Basic ${MASTER_KEY}` }, 'invalid_api_key'],
    ['sent twice', { authorization: `Bearer ${MASTER_KEY}, Bearer ${MASTER_KEY}` }, 'invalid_api_key'],
  ])('%s is refused with 401, before the body is read', async (_, headers, code) => {
    const response = await rig.post('{ not json', headers as Record<string, string>);
    expect(response.status).toBe(401);
    const { error } = (await response.json()) as { error: { code: string | null; type: string } };
    expect(error).toMatchObject({ type: 'invalid_request_error', code });
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  // Its requests would be recorded as those of the master key, or of callers without a key.
  test.each(['master', 'anonymous'])('with the id %s is no key, and the log says so', async (id) => {
    await putKey(`sk-${id}`, { id, name: 'odd' });
    expect(await status({ authorization: `Bearer sk-${id}` })).toBe(401);
    const sha256 = createHash('sha256').update(`sk-${id}`).digest('hex');
    expect(rig.logged.find(({ fields }) => fields?.sha256 === sha256)?.message).toContain(`'${id}'`);
  });

  test('revoked while it is remembered stops working when the memory ends', async () => {
    let time = 0;
    const keys = createKeys({ table: rig.local.table, time: { now: () => time }, log: { warn: () => {} } });
    await putKey('sk-brief', { id: 'key_4', name: 'brief' });
    const digest = createHash('sha256').update('sk-brief').digest('hex');
    expect(await keys.find(digest)).toMatchObject({ revoked: false });
    await putKey('sk-brief', { id: 'key_4', name: 'brief', revoked: true });
    expect(await keys.find(digest)).toMatchObject({ revoked: false });
    time += 30_001;
    expect(await keys.find(digest)).toMatchObject({ revoked: true });
  });
});

describe('while the table is away', () => {
  test('the master key works, and the whole usage record goes to the log', async () => {
    expect((await away.post(body)).status).toBe(200);
    await expect
      .poll(() => away.logged.find(({ message }) => message === 'usage_unwritten')?.fields?.record)
      .toMatchObject({
        requestId: expect.stringMatching(/^req_/),
        provider: 'mock',
        usage: { input: 11, output: 7 },
      });
  });

  test('other keys can be neither let in nor turned away: 503', async () => {
    const response = await away.post(body, { authorization: 'Bearer sk-good' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});
