import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The command line against a server that answers what it likes. */
const file = path.join(import.meta.dirname, '../../infra/cli/sluice.ts');

let server: Server;
let answer: { status: number; body: string };

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => void server.close());

async function run(args: readonly string[], given: Record<string, string> = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { PATH: process.env.PATH, SLUICE_URL: url, SLUICE_ADMIN_KEY: 'sk-sluice-x', ...given };
  const child = spawn(process.execPath, [file, ...args], { env });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (data) => (texts.out += data));
  child.stderr.on('data', (data) => (texts.err += data));
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

// Written with their numbers, since nobody sees them: a colour, a title of the window, a bell, C1, the direction, a line of its own.
const nasty = 'a\u001b[31m\u001b]0;own\u0007b\rc\u009b31md\u202ee\u2066f\u2028g\u200fh\u007fi\nj';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be printed.
const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('what others wrote neither moves the cursor nor turns a line round', () => {
  const key = { id: 'key_aaaaaaaa', name: nasty, owner: nasty, revoked: false, createdAt: 1, version: 1 };
  const page = { status: 200, body: JSON.stringify({ data: [key], next: null }) };

  test.each([
    ['a table', []],
    ['CSV', ['--csv']],
    ['JSON', ['--json']],
  ])('in %s', async (_, options) => {
    answer = page;
    const { code, out } = await run(['keys', 'list', ...options]);
    expect(code).toBe(0);
    expect(out).not.toMatch(unseen);
    if (options[0] === '--json') expect(JSON.parse(out)).toEqual([key]);
    // A name with a line break stays on its line.
    if (options[0] === '--csv') expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  test('in the error that a server gives as its reason', async () => {
    answer = { status: 400, body: JSON.stringify({ error: { message: nasty } }) };
    const { code, err } = await run(['keys', 'show', 'key_aaaaaaaa']);
    expect([code, err.trimEnd()]).toEqual([1, expect.not.stringMatching(unseen)]);
    expect(err.trimEnd()).not.toContain('\n');
  });

  test('in the error about a word of the command', async () => {
    const ran = await run(['keys', nasty]);
    expect([ran.code, ran.err]).toEqual([2, expect.not.stringMatching(unseen)]);
    const address = await run(['keys', 'list', '--url', nasty]);
    expect([address.code, address.err]).toEqual([2, expect.not.stringMatching(unseen)]);
  });
});

test.each([
  ['a page', 200, '<html>Hello</html>'],
  ['nothing', 200, ''],
  ['other JSON', 200, '{"object":"list"}'],
  ['no object', 200, '7'],
  ['a list', 200, '[]'],
  ['an error without a message', 404, '{"error":"no such path"}'],
  ['null', 500, 'null'],
])(
  'a server that answers %s is said to be no Sluice',
  async (_, status, body) => {
    answer = { status, body };
    for (const command of [['keys', 'list'], ['keys', 'show', 'key_x'], ['usage'], ['config'], ['status']]) {
      const { code, out, err } = await run(command);
      expect([command, code, out, err.trimEnd()]).toEqual([
        command,
        1,
        '',
        `status ${status} from something that is not Sluice's administration; is SLUICE_URL right?`,
      ]);
    }
  },
  60_000,
);

test.each(['sk-sluice-secret\n', 'sk-sluice-\rsecret', 'sk sluice secret', 'sk-sluice-sécret'])(
  'an admin key that no header carries is refused and not printed: %j',
  async (adminKey) => {
    const { code, out, err } = await run(['keys', 'list'], { SLUICE_ADMIN_KEY: adminKey });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('The admin key has a space, a line break');
    expect(err).not.toMatch(/s[eé]cret/);
  },
);

test('an address is of http or https, and has no password in it', async () => {
  for (const url of ['ftp://x', 'file:///etc/passwd', 'localhost:3000']) {
    const { code, err } = await run(['keys', 'list'], { SLUICE_URL: url });
    expect([code, err]).toEqual([2, expect.stringContaining('it must be https:// or http://')]);
  }
  const { code, err } = await run(['keys', 'list'], { SLUICE_URL: 'http://me:hidden@127.0.0.1:9' });
  expect([code, err]).toEqual([2, expect.not.stringContaining('hidden')]);
});
