import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTwin, type Twin } from '../../infra/local/twin.ts';

/** The command line as a process of its own, against the local twin. */
const file = path.join(import.meta.dirname, '../../infra/cli/sluice.ts');

let twin: Twin;

beforeAll(async () => {
  twin = await startTwin({
    definition: { providers: { openai: {} } },
    port: 0,
    demo: true,
    env: {},
    log: { report: () => {}, warn: () => {}, error: () => {} },
  });
});
afterAll(() => twin.close());

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function run(
  args: readonly string[],
  { env, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const given = env ?? { SLUICE_URL: `${twin.url}/v1`, SLUICE_ADMIN_KEY: twin.masterKey };
  const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...given } });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (data) => (texts.out += data));
  child.stderr.on('data', (data) => (texts.err += data));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

const json = async (...args: string[]) => {
  const { code, out, err } = await run([...args, '--json']);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
};

describe('keys', () => {
  test('are made, used, changed, rotated and revoked', async () => {
    const made = await json(
      'keys',
      'create',
      '--name',
      'ci',
      '--rpm',
      '60',
      '--model',
      'demo',
      '--tag',
      'team=a',
      '--expires',
      '30d',
    );
    expect(made).toMatchObject({ name: 'ci', tags: { team: 'a' }, rules: { models: ['demo'], limits: { rpm: 60 } } });
    const ask = (apiKey: string) =>
      new OpenAI({ apiKey, baseURL: `${twin.url}/v1`, maxRetries: 0 }).chat.completions.create({
        model: 'demo',
        messages: [{ role: 'user', content: 'Hello' }],
      });
    expect((await ask(made.key)).choices).toHaveLength(1);

    const updated = await json(
      'keys',
      'update',
      made.id,
      '--tpm',
      '5000',
      '--owner',
      'ann',
      '--remove',
      'model,expires',
    );
    expect(updated).toMatchObject({ owner: 'ann', rules: { limits: { rpm: 60, tpm: 5000 } }, version: 2 });
    expect(updated.rules).not.toHaveProperty('models');
    expect(updated).not.toHaveProperty('expiresAt');

    const rotated = await json('keys', 'rotate', made.id, '--overlap', '1h');
    for (const { key } of [made, rotated]) expect((await ask(key)).choices).toHaveLength(1);
    await json('keys', 'revoke', made.id);
    for (const { key } of [made, rotated]) await expect(ask(key)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const { out } = await run(['audit']);
    expect(out).toMatch(/key\.revoke[\s\S]*key\.rotate[\s\S]*key\.change[\s\S]*key\.create/);
  });

  test('are shown as a table, whose secret is printed once', async () => {
    const { out } = await run(['keys', 'create', '--name', 'shown']);
    const [, key] = /(sk-sluice-\w{49})/.exec(out)!;
    expect(out).toContain('shown this once');
    const { out: listed } = await run(['keys', 'list']);
    expect(listed).toMatch(/^id +name +state/);
    expect(listed).toMatch(new RegExp(`key_\\w+ +shown +valid +…${key!.slice(-4)}`));
    expect(listed).not.toContain(key);
  });

  test('are printed as CSV that a spreadsheet reads as text', async () => {
    const { id } = await json('keys', 'create', '--name', '=cmd|"x", y');
    const { out } = await run(['keys', 'list', '--csv']);
    expect(out).toContain(`${id},"'=cmd|""x"", y",valid`);
  });

  test('are imported by their text on the standard input, of which only the SHA-256 is sent', async () => {
    const { code } = await run(['keys', 'import', '--name', 'old', '--from-stdin'], { input: 'sk-from-elsewhere\n' });
    expect(code).toBe(0);
    const client = new OpenAI({ apiKey: 'sk-from-elsewhere', baseURL: `${twin.url}/v1`, maxRetries: 0 });
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
  });

  test.each([
    ['has three parts with dots, as a token has', 'aaa.bbb.ccc', 'would be read as the token of an issuer'],
    ['has a space', 'sk-a b', 'no header can carry'],
    ['has a comma', 'sk-a,b', 'no header can carry'],
    ['has a sign that is not ASCII', 'sk-ä', 'no header can carry'],
    ['is endless', 'a'.repeat(5_000), 'longer than 4096'],
  ])('are not imported where nobody could use them: one that %s', async (_, input, said) => {
    const { code, err } = await run(['keys', 'import', '--name', 'old', '--from-stdin'], { input });
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
    expect(err).not.toContain(input);
  });
});

test('keys and groups name provider keys and inference profiles of their own, until these are removed', async () => {
  const own = [
    '--provider-key',
    'openai=OPENAI_API_KEY_OWN',
    '--profile',
    'openai/m=arn:aws:bedrock:x',
    '--profile',
    'openai/n=arn:y',
  ];
  const fields = {
    providerKeys: { openai: 'OPENAI_API_KEY_OWN' },
    inferenceProfiles: { 'openai/m': 'arn:aws:bedrock:x', 'openai/n': 'arn:y' },
  };
  const made = await json('keys', 'create', '--name', 'profiled', ...own);
  expect(made).toMatchObject(fields);
  const changed = await json('keys', 'update', made.id, '--remove', 'profiles');
  expect(changed).toMatchObject({ providerKeys: { openai: 'OPENAI_API_KEY_OWN' } });
  expect(changed).not.toHaveProperty('inferenceProfiles');
  expect(await json('groups', 'create', 'profiled', ...own)).toMatchObject(fields);
  const without = await json('groups', 'update', 'profiled', '--remove', 'profiles,provider-keys');
  expect([without.providerKeys, without.inferenceProfiles]).toEqual([undefined, undefined]);
  const wrong = await run(['keys', 'create', '--name', 'x', '--profile', 'no-model=arn']);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('must be <provider>/<model id>')]);
});

test('groups are made, changed, listed and deleted', async () => {
  await json(
    'groups',
    'create',
    'team',
    '--name',
    'Team',
    '--rpm',
    '100',
    '--provider-key',
    'openai=OPENAI_API_KEY_TEAM',
  );
  const changed = await json('groups', 'update', 'team', '--concurrency', '5', '--remove', 'rpm');
  expect(changed).toMatchObject({
    rules: { limits: { concurrency: 5 } },
    providerKeys: { openai: 'OPENAI_API_KEY_TEAM' },
  });
  expect((await run(['groups', 'list'])).out).toMatch(/team +Team +5 at once +openai/);
  const { id } = await json('keys', 'create', '--name', 'member', '--group', 'team');
  const refused = await run(['groups', 'delete', 'team']);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("Keys name the group 'team'")]);
  await json('keys', 'revoke', id);
  expect((await run(['groups', 'delete', 'team'])).code).toBe(0);
});

test('an admin key opens the command line, as far as it may', async () => {
  const { key, id } = await json('admin-keys', 'create', '--name', 'dashboard');
  const env = { SLUICE_URL: twin.url, SLUICE_ADMIN_KEY: key };
  expect((await run(['usage', '--by', 'model'], { env })).out).toMatch(/^model +requests/);
  const refused = await run(['keys', 'create', '--name', 'x'], { env });
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('may only read')]);
  await json('admin-keys', 'revoke', id);
  expect((await run(['status'], { env })).code).toBe(1);
  expect((await run(['status'])).out).toMatch(/table +ok/);
});

test('config shows the models, and all of it as JSON', async () => {
  expect((await run(['config'])).out).toMatch(/demo +demo\/demo/);
  expect(await json('config')).toMatchObject({ providers: expect.any(Array), models: { demo: ['demo/demo'] } });
});

describe('a mistake', () => {
  test.each([
    [['keys', 'crate'], 2, 'Did you mean create?'],
    [['key', 'list'], 2, 'Did you mean keys?'],
    [['keys', 'create'], 2, "required option '--name <text>' not specified"],
    [['keys', 'create', '--name', 'x', '--rmp', '5'], 2, 'Did you mean --rpm?'],
    [['keys', 'create', '--name', 'x', '--rpm', 'many'], 2, 'It must be a whole number.'],
    [['keys', 'create', '--name', 'x', '--expires', '2020-01-01'], 2, 'It must be a time to come'],
    [['keys', 'update', 'key_x', '--remove', 'nmae'], 2, "'nmae' is none of owner"],
    [['keys', 'list', '--json', '--csv'], 2, 'exclude each other'],
    [['keys', 'show', 'key_nothing00'], 1, 'There is nothing with the id'],
    [['keys', 'create', '--name', 'x', '--group', 'nowhere'], 1, "There is no group 'nowhere'"],
    [['keys', 'list', '--url', 'http://127.0.0.1:9'], 1, 'cannot be reached'],
    [['keys', 'list', '--admin-key', 'sk-wrong'], 1, 'Incorrect API key'],
  ] as const)('%j ends with %i', async (args, code, message) => {
    const ran = await run(args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message)]);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  test('without an address or a key says what to set', async () => {
    const ran = await run(['keys', 'list'], { env: {} });
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('SLUICE_URL')]);
    const keyless = await run(['keys', 'list'], { env: { SLUICE_URL: twin.url } });
    expect([keyless.code, keyless.err]).toEqual([2, expect.stringContaining('SLUICE_ADMIN_KEY')]);
  });

  test('of nothing shows what there is', async () => {
    expect((await run(['--help'])).out).toMatch(/keys[\s\S]*groups[\s\S]*admin-keys[\s\S]*usage/);
  });
});
