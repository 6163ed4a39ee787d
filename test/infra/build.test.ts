import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const cdk = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8')) as { build: string };
let folder: string;
let config: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  config = path.join(folder, 'test.config.json');
  out = path.join(folder, 'gateway');
  writeFileSync(config, JSON.stringify({ providers: { openai: {} }, aws: { stage: 'test' } }));
});

/** What `cdk` runs before each of its commands, and `npm run build` alike. */
function build(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const [program, ...rest] = cdk.build.split(' ');
  expect(program).toBe('node');
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    execFile(process.execPath, [...rest, ...args, '--out', out], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('the configuration that SLUICE_CONFIG names is the one that every command builds, and each says so', async () => {
  const { code, output } = await build([], { SLUICE_CONFIG: config });
  expect([code, output]).toEqual([0, expect.stringContaining(`from ${path.relative(root, config)}\n`)]);
  expect(JSON.parse(readFileSync(path.join(out, 'gateway.config.json'), 'utf8'))).toMatchObject({
    aws: { stage: 'test' },
  });
});

test('what is known of the models of the configuration lies beside it, of no other model, and not in the code', async () => {
  const models = { chat: ['openai/gpt-4o', 'openai/unheard-of'] };
  writeFileSync(config, JSON.stringify({ providers: { openai: {}, anthropic: {} }, models }));
  expect(await build([], { SLUICE_CONFIG: config })).toMatchObject({ code: 0 });
  const facts = JSON.parse(readFileSync(path.join(out, 'gateway.models.json'), 'utf8')) as object;
  expect(facts).toMatchObject({ 'openai/gpt-4o': { displayName: 'GPT-4o', contextLength: 128_000 } });
  expect(Object.keys(facts)).toEqual(['openai/gpt-4o']);
  expect(readFileSync(path.join(out, 'index.mjs'), 'utf8')).not.toContain('GPT-4o');
});

// A deployment builds again: an option of the build alone would be forgotten, and another configuration deployed.
test('a configuration that is given to the build alone is refused with what to do instead', async () => {
  const { code, output } = await build(['--config', config]);
  expect(code).toBe(1);
  expect(output).toContain(`SLUICE_CONFIG=${config} npm run deploy`);
  expect(existsSync(out)).toBe(false);
});
