import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { sendJson, startProvider } from '../../support/provider.ts';
import { MASTER_KEY, startRig } from '../../support/rig.ts';

/** Field names that no header could hold, on the road where they are dropped and named. */
async function open(answer: (response: http.ServerResponse) => void) {
  const provider = await startProvider((_, response) => answer(response));
  const rig = await startRig({
    definition: { providers: { claude: { preset: 'anthropic', baseUrl: provider.url, auth: 'none' } } },
  });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  return rig;
}

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2 },
};

const stream = [
  ['message_start', { message: { ...message, content: [], stop_reason: null } }],
  ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'ok' } }],
  ['content_block_stop', { index: 0 }],
  ['message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }],
  ['message_stop', {}],
]
  .map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...(fields as object) })}\n\n`)
  .join('');

const hostile = { 'a\r\nx-evil: 1': 1, 日本: 2, ['x'.repeat(20_000)]: 3 };

/** As plain HTTP: header lines as they came. */
function ask(url: string, body: object): Promise<{ status: number; rawHeaders: string[]; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
    const request = http.request(`${url}/v1/chat/completions`, { method: 'POST', headers }, async (response) => {
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece);
      const { statusCode: status = 0, rawHeaders } = response;
      resolve({ status, rawHeaders, text: Buffer.concat(pieces).toString() });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

test.each([false, true])(
  'a translated request with field names of any kind is answered, named legally and recorded once (stream: %s)',
  async (streams) => {
    const rig = await open((response) => {
      if (!streams) return sendJson(response, 200, message);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(stream);
    });
    const { status, rawHeaders, text } = await ask(rig.url, {
      model: 'claude/m',
      messages: [{ role: 'user', content: 'hi' }],
      stream: streams,
      ...hostile,
    });
    expect(status).toBe(200);
    expect(text).toContain('ok');
    const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names).not.toContain('x-evil');
    const dropped = rawHeaders[names.indexOf('x-sluice-dropped') * 2 + 1]!;
    expect(dropped).toMatch(/^[ -~]+$/);
    expect(dropped).toContain('a%0D%0Ax-evil: 1');
    expect(dropped).toContain(encodeURIComponent('日本'));
    expect(dropped.length).toBeLessThan(1_100);
    await rig.records(1);
    expect(rig.requests).toMatchObject([
      { status: 200, usage: { input: 3, output: 2 }, attempts: [{ provider: 'claude' }] },
    ]);
  },
);
