import { expect, test } from 'vitest';
import type { ChatRequest } from '../../shared/chat/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { askModel } from '../../shared/roads/ask-model.ts';
import { openOne } from '../support/accounts.ts';
import { targetOf } from '../support/targets.ts';
import { portsOf, whole } from './stage.ts';

const request: ChatRequest = {
  model: 'm',
  stream: false,
  seed: 12,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
};

async function ask(traits: object, ...pieces: (string | Error)[]) {
  const ports = portsOf(...pieces);
  const attempt = openOne().account.open(targetOf('p/real', { traits }), { purpose: 'vision' });
  return { reply: await askModel(attempt, request, { id: '1', model: '', now: 1 }, ports), ports };
}

test("a question of the gateway's own is asked whole, and its reply is in the hub's words", async () => {
  const { reply, ports } = await ask({}, whole);
  expect(JSON.parse(Buffer.from(ports.sent[0]!.body).toString())).toMatchObject({ model: 'real', seed: 12 });
  expect(reply).toMatchObject({ choices: [{ parts: [{ type: 'text', text: 'hello' }], finish: 'stop' }] });
});

test('it is transformed for its target as any other request', async () => {
  const { ports } = await ask({ mostSeed: 10 }, whole);
  expect(JSON.parse(Buffer.from(ports.sent[0]!.body).toString())).toMatchObject({ seed: 3 });
});

test('what fails is a refusal, and so is a bug', async () => {
  const broken = new GatewayError('timeout', 'Silent.');
  expect((await ask({}, broken)).reply).toEqual({ refusal: broken });
  expect((await ask({}, '[]')).reply).toMatchObject({ refusal: { kind: 'upstream' } });
  expect((await ask({}, new TypeError('a bug'))).reply).toMatchObject({ refusal: { kind: 'internal' } });
});
