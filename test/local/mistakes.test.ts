import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ended, run } from './process.ts';

/** What a new user does wrong at `npm start`, and what is said of it. */
const start = (args: readonly string[], env: Record<string, string> = {}) =>
  ended(run('infra/local/start.ts', args, env));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-mistakes-'));
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts with a configuration of this text. What is printed has no stack, and ends with 1. */
async function startWith(text: string, file = 'gateway.config.ts'): Promise<string> {
  const config = path.join(folder, file);
  await writeFile(config, text);
  const { code, output } = await start(['--config', config, '--port', '0']);
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at /m);
  return output;
}

describe('the command line of npm start', () => {
  test('--help names each option, and starts nothing', async () => {
    const { code, output } = await start(['--help']);
    expect(code).toBe(0);
    for (const option of ['--port', '--config', '--data', '--host', '--no-demo', '--help', 'MASTER_KEY'])
      expect(output).toContain(option);
    expect(output).not.toContain('listens');
  });

  test.each<[string[], string]>([
    [['--prot', '1'], "There is no option --prot (did you mean '--port'?). npm start -- --help shows all."],
    [['--no-dmeo'], "There is no option --no-dmeo (did you mean '--no-demo'?). npm start -- --help shows all."],
    [['--verbose'], 'There is no option --verbose. npm start -- --help shows all.'],
    [['--port'], "Option '--port <value>' argument missing. npm start -- --help shows all."],
    [['--port', 'http'], "'http' is no port; give a number from 0 to 65535 (0 takes a free one)"],
    [['--port', '65536'], "'65536' is no port; give a number from 0 to 65535 (0 takes a free one)"],
    [['dev'], "'dev' is no option. Options follow two dashes: npm start -- --port 8787"],
  ])('%j is one sentence', async (args, sentence) => {
    expect(await start(args)).toEqual({ code: 1, output: `${sentence}\n` });
  });

  test('an option before the two dashes, which npm keeps for itself, is one sentence', async () => {
    expect(await start(['9000'], { npm_config_port: 'true' })).toEqual({
      code: 1,
      output: "'9000' is no option. Options follow two dashes: npm start -- --port 9000\n",
    });
  });

  test('a port that is taken says how to take another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, output } = await start(['--port', String(port)]);
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(
        `^Port ${port} of 127\\.0\\.0\\.1 is taken, .*npm start -- --port ${port + 1} \\(or 0, for any free port\\)\n$`,
      ),
    );
  });

  test('a host that is not of this machine says which are', async () => {
    const { code, output } = await start(['--host', '192.0.2.1', '--port', '0']);
    expect(code).toBe(1);
    expect(output).toMatch(/^'192\.0\.2\.1' is no address of this machine: --host 127\.0\.0\.1 .*\n$/);
  });

  test('a configuration that is not there says how to name one', async () => {
    const { code, output } = await start(['--config', path.join(folder, 'none.ts')]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^There is no configuration at .*none\.ts: name the file with --config or SLUICE_CONFIG\.\n$/,
    );
  });
});

describe('a configuration that cannot be read names file and line', () => {
  test('where its syntax is wrong', async () => {
    const text = 'export default {\n  providers: { openai: {}\n  models: {},\n};\n';
    expect(await startWith(text)).toMatch(/gateway\.config\.ts:3: SyntaxError: Expected ','/);
    expect(await startWith('export default {};\nconst = 3;\n', 'gateway.js')).toMatch(/gateway\.js:2: SyntaxError: /);
  });

  test('where it has TypeScript that Node does not run', async () => {
    expect(await startWith('\nenum Model { A }\nexport default {};\n')).toMatch(
      /gateway\.config\.ts:2: SyntaxError: TypeScript enum is not supported/,
    );
  });

  test('where it throws', async () => {
    const text = 'const own: any = undefined;\n\nexport default { providers: own.providers };\n';
    expect(await startWith(text)).toMatch(/gateway\.config\.ts:3: TypeError: Cannot read properties of undefined/);
    expect(await startWith('\nthrow new Error("no key");\n')).toMatch(/gateway\.config\.ts:2: no key/);
    expect(await startWith('throw "a text";\n')).toMatch(/gateway\.config\.ts: a text/);
  });

  test('where it imports what is not there', async () => {
    expect(await startWith("\n\nimport { a } from './there.ts';\nexport default a;\n")).toMatch(
      /gateway\.config\.ts:3: Cannot find module .*there\.ts/,
    );
    expect(await startWith("import a from 'no-such-package';\nexport default a;\n")).toMatch(
      /gateway\.config\.ts:1: Cannot find package 'no-such-package'/,
    );
    await writeFile(path.join(folder, 'part.ts'), 'export const b = 1;\n');
    expect(await startWith("\nimport { a } from './part.ts';\nexport default a;\n")).toMatch(
      /gateway\.config\.ts:2: SyntaxError: .* does not provide an export named 'a'/,
    );
  });

  test('where another file that it imports is wrong, that one', async () => {
    await writeFile(path.join(folder, 'part.ts'), '\nexport const a = {;\n');
    expect(await startWith("import { a } from './part.ts';\nexport default a;\n")).toMatch(/part\.ts:2: SyntaxError/);
  });

  test('where it exports nothing, or is not JSON', async () => {
    expect(await startWith('export const gateway = {};\n')).toMatch(/gateway\.config\.ts has no default export/);
    expect(await startWith('{\n  "providers": {}\n  "models": {}\n}', 'gateway.json')).toMatch(
      /gateway\.json is not JSON: SyntaxError: .*line 3/,
    );
  });
});

test('all mistakes of a configuration are printed at once, with what may be meant', async () => {
  const output = await startWith(
    JSON.stringify({
      providers: { ollama: {}, mine: { preset: 'opnai' } },
      models: { local: 'olama/llama' },
      defaultModle: 'local',
    }),
    'gateway.json',
  );
  expect(output.split('\n')).toEqual([
    'The configuration has mistakes:',
    expect.stringMatching(
      /^ {2}providers\.mine\.preset: 'opnai' is none of the \d+ known names; the nearest are openai, /,
    ),
    "  defaultModle: there is no such field (did you mean 'defaultModel'?)",
    expect.stringMatching(/^ {2}models\.local: 'olama\/llama' is neither .* \(did you mean 'ollama\/llama'\?\)$/),
    '',
  ]);
});
