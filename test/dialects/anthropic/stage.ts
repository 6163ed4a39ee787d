import { LLMock } from '@copilotkit/aimock';
import { chunk, sendJson, startProvider, type TestProvider, usageChunk } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';
import { block, messageEnd, messageStart, ping, text } from './reading.ts';

/** Both sides over sockets: aimock's Messages and scripted bytes as Anthropic, scripted bytes as OpenAI. */
export interface Stage {
  mock: LLMock;
  vendor: TestProvider;
  rig: Rig;
  close(): Promise<void>;
}

const error = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_upstream',
});

export const streams: Record<string, string> = {
  signed:
    messageStart({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 }) +
    ping +
    block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature: 'SIGNED' }) +
    text(1, 'Hi') +
    messageEnd(),
  broken: messageStart() + text(0, 'Hel'),
  failing: `${messageStart() + text(0, 'Hel')}event: error\ndata: ${JSON.stringify(error('overloaded_error', 'Overloaded'))}\n\n`,
  empty: '',
};

export async function startStage(): Promise<Stage> {
  const mock = new LLMock({ port: 0 });
  mock.onMessage('hello', { content: 'Hello from Messages, 世界 🌍', usage: { input_tokens: 21, output_tokens: 9 } });
  mock.onMessage('weather', {
    toolCalls: [
      { name: 'weather', arguments: '{"city":"Paris"}', id: 'toolu_1' },
      { name: 'weather', arguments: '{"city":"Rome"}', id: 'toolu_2' },
    ],
  });
  mock.onMessage('think', { content: 'Yes.', reasoning: 'Let me see.' });
  await mock.start();
  const vendor = await startProvider(({ body, path }, response) => {
    const model = String(body.model);
    if (path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: 4711 });
    if (model === 'denied')
      return sendJson(response, 401, error('authentication_error', 'invalid x-api-key sk-ant-0123456789'));
    if (model === 'limited')
      return sendJson(response, 429, error('rate_limit_error', 'Slow down'), { 'retry-after': '7' });
    if (model === 'busy') return sendJson(response, 529, error('overloaded_error', 'Overloaded'));
    if (model === 'wrong') return sendJson(response, 400, error('invalid_request_error', 'messages.0.role: no'));
    if (model === 'exact') {
      const input = '{"id":1917043659912705296}';
      return sendJson(
        response,
        200,
        `{"id":"msg_1","content":[{"type":"tool_use","id":"a","name":"f","input":${input}}],"stop_reason":"tool_use"}`,
      );
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(streams[model]);
  });
  const openai = await startProvider(({ body }, response) => {
    if (body.model === 'limited')
      return sendJson(response, 429, { error: { message: 'Slow down' } }, { 'retry-after': '7' });
    if (body.stream !== true) {
      const message = {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"n":12345678901234567890}' } },
        ],
      };
      return sendJson(response, 200, {
        id: 'chatcmpl-1',
        model: 'gpt',
        choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
        usage: { prompt_tokens: 50, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 20 } },
      });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const piece = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] });
    response.end(
      chunk({ role: 'assistant', content: '' }) +
        chunk({ reasoning_content: 'hm' }) +
        chunk({ content: 'Both.' }) +
        piece(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }) +
        piece(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":' } }) +
        piece(0, { function: { arguments: '{"x":1}' } }) +
        piece(1, { function: { arguments: '2}' } }) +
        (body.model === 'broken'
          ? ''
          : `${chunk({}, 'tool_calls') + usageChunk({ prompt_tokens: 50, completion_tokens: 5 })}data: [DONE]\n\n`),
    );
  });
  const rig = await startRig({
    definition: {
      providers: {
        mock: { preset: 'anthropic', baseUrl: `${mock.url}/v1` },
        anthropic: { baseUrl: `${vendor.url}/v1` },
        'deepseek-anthropic': { preset: 'deepseek', dialect: 'anthropic', baseUrl: `${vendor.url}/anthropic/v1` },
        openai: { baseUrl: `${openai.url}/v1` },
      },
      models: { claude: 'mock/claude-sonnet-4-5' },
    },
  });
  async function close(): Promise<void> {
    await rig.close();
    await vendor.close();
    await openai.close();
    await mock.stop();
  }
  return { mock, vendor, rig, close };
}
