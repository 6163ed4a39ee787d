import { expect, onTestFinished, test } from 'vitest';
import { startTwin } from '../../infra/local/twin.ts';

test('a process that is busy for a second keeps its limits: its own table is not away', async () => {
  const log = { warn: () => {}, error: () => {}, report: () => {} };
  const twin = await startTwin({ definition: { providers: { openai: {} } }, port: 0, demo: true, env: {}, log });
  onTestFinished(() => twin.close());
  const post = (path: string, key: string, body: object) =>
    fetch(`${twin.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const made = await post('/admin/v1/keys', twin.masterKey, { name: 'ci', rules: { limits: { rpm: 5 } } });
  const { key } = (await made.json()) as { key: string };
  const ask = () => post('/v1/chat/completions', key, { model: 'demo', messages: [{ role: 'user', content: 'hi' }] });
  // Again and again, as when a hundred requests come at once to a small machine.
  const busy = setInterval(() => spin(250), 5);
  const answers = await Promise.all(Array.from({ length: 8 }, ask)).finally(() => clearInterval(busy));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(3).fill(429)]);
}, 60_000);

test('models are listed with what is known of them, and of the demo only its name', async () => {
  const log = { warn: () => {}, error: () => {}, report: () => {} };
  const definition = { providers: { openai: {} }, models: { 'gpt-4o': 'openai/gpt-4o' } };
  const twin = await startTwin({ definition, port: 0, demo: true, env: {}, log });
  onTestFinished(() => twin.close());
  const answer = await fetch(`${twin.url}/v1/models`, { headers: { authorization: `Bearer ${twin.masterKey}` } });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  expect(data.find(({ id }) => id === 'gpt-4o')).toMatchObject({ display_name: 'GPT-4o', context_length: 128_000 });
  expect(data.find(({ id }) => id === 'demo')).not.toHaveProperty('context_length');
});

function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
