import type { Call } from '../../shared/call/call.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import type { ClientDialect } from '../../shared/dialects/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { postEndpoint } from '../../shared/gateway/endpoint.ts';
import { openCall } from '../../shared/gateway/open-call.ts';
import { type OpenedAccount, openOne } from './accounts.ts';

interface Opened extends Omit<OpenedAccount, 'call'> {
  call: Call;
  abort: AbortController;
}

/** A call of one user message with this body besides, opened as the gateway opens it. */
export async function callOf(body: object = {}, dialect: ClientDialect = openaiChatClient): Promise<Opened> {
  const opened = openOne({ dialect });
  const asked = { model: 'alias', messages: [{ role: 'user', content: 'hi' }], ...body };
  const call = await openCall(
    {
      http: {
        method: 'POST',
        path: '/v1/any',
        query: '',
        headers: {},
        body: async () => Buffer.from(JSON.stringify(asked)),
      },
      run: { deadline: Number.MAX_SAFE_INTEGER, signal: opened.call.signal, after: () => {} },
      id: 'req_1',
      startedAt: opened.time.now(),
      endpoint: postEndpoint({
        paths: ['/v1/any'],
        dialect,
        glance: (http, { value }) => dialect.glance(value, http),
        answer: () => ({ status: 200, headers: {}, body: new Uint8Array() }),
      }),
      params: {},
      caller: { type: 'master' },
      dialect,
      signal: opened.call.signal,
      account: opened.account,
    },
    loadCatalog({ providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } } }),
  );
  return { ...opened, call, abort: opened.call };
}
