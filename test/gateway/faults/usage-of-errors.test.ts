import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

const baseUrl = 'http://127.0.0.1:9/v1';
const definition = {
  providers: {
    r: { preset: 'openai', baseUrl, dialect: 'openai-responses' },
    chat: { baseUrl, auth: 'none' },
    claude: { preset: 'anthropic', baseUrl, auth: 'none' },
    gemini: { baseUrl, auth: 'none' },
    bedrock: { baseUrl, auth: 'bearer' },
    cohere: { baseUrl, auth: 'none' },
  },
};
const openai = { prompt_tokens: 90, completion_tokens: 40 };
const responses = { input_tokens: 90, output_tokens: 40 };
const error = { message: 'It failed.', code: 'server_error' };

/** A whole reply of status 200 that is an error, or has nothing in it, and what it says it used. */
const failures: [string, object][] = [
  ['r', { id: 'resp_1', status: 'failed', error, output: [], usage: responses }],
  ['r', { id: 'resp_1', status: 'cancelled', output: [], usage: responses }],
  ['r', { id: 'resp_1', status: 'incomplete', usage: responses }],
  ['chat', { error, usage: openai }],
  ['chat', { choices: [{ message: { content: '' }, finish_reason: 'error' }], usage: openai }],
  ['claude', { type: 'error', error: { type: 'api_error', message: 'x' }, usage: responses }],
  ['gemini', { error: { code: 500, message: 'x' }, usageMetadata: { promptTokenCount: 90, candidatesTokenCount: 40 } }],
  ['bedrock', { Output: { __type: 'x' }, usage: { inputTokens: 90, outputTokens: 40 } }],
  ['cohere', { message: 'x', usage: { tokens: responses } }],
];
const paths = {
  '/v1/responses': { input: 'hi' },
  '/v1/chat/completions': { messages: [{ role: 'user', content: 'hi' }] },
};

test.each(
  failures.flatMap(([name, json]) => Object.entries(paths).map(([path, body]) => ({ name, json, path, body }))),
)('what a failed reply says it used is recorded: $path to $name, $json', async ({ name, json, path, body }) => {
  const { call, records } = openDirect({ definition, reply: () => ({ json }) });
  const { status } = await call(path, { body: { model: `${name}/m`, ...body } });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(records).toMatchObject([{ usage: { input: 90, output: 40 }, attempts: [{ usage: { output: 40 } }] }]);
  expect(records[0]?.usage).not.toHaveProperty('estimated');
});

test('a failed reply that reports nothing is recorded without usage', async () => {
  const { call, records } = openDirect({ definition, reply: () => ({ json: { error } }) });
  await call('/v1/chat/completions', { body: { model: 'chat/m', messages: [{ role: 'user', content: 'hi' }] } });
  expect(records[0]).not.toHaveProperty('usage');
});
