import { GoogleGenAI } from '@google/genai';
import { type Asked, startProvider, type TestProvider } from '../../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../../support/rig.ts';

/** What the provider answers: JSON, or the text of a stream. */
export interface Scripted {
  status?: number;
  body: object | string;
  headers?: Record<string, string>;
}

/** The whole gateway between Google's own SDK and providers of several dialects, over sockets. */
export interface GeminiStage {
  rig: Rig;
  provider: TestProvider;
  sdk: GoogleGenAI;
  /** From now on, until it is said anew. */
  answer(scripted: Scripted): void;
  /** A request as plain HTTP, with the key in Google's header unless other headers are given. */
  plain(text: string, path: string, init?: { headers?: Record<string, string> }): Promise<Response>;
  close(): Promise<void>;
}

export const hello = '{"contents":[{"parts":[{"text":"hello"}]}]}';

export async function openStage(): Promise<GeminiStage> {
  let scripted: Scripted = { body: {} };
  const provider = await startProvider((_: Asked, response) => {
    const { status = 200, body, headers } = scripted;
    const type = typeof body === 'string' ? 'text/event-stream' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const { url } = provider;
  const rig = await startRig({
    definition: {
      providers: {
        gemini: { baseUrl: `${url}/v1beta` },
        anthropic: { baseUrl: `${url}/v1` },
        openai: { baseUrl: `${url}/v1` },
        bedrock: { baseUrl: url, auth: 'bearer' },
      },
      models: {
        fast: 'gemini/gemini-2.5-flash',
        clever: 'anthropic/claude-sonnet-4-5',
        vectors: 'openai/text-embedding-3-small',
      },
    },
  });
  return {
    rig,
    provider,
    sdk: new GoogleGenAI({ apiKey: MASTER_KEY, httpOptions: { baseUrl: rig.url } }),
    answer(next) {
      scripted = next;
    },
    plain: (text, path, { headers = { 'x-goog-api-key': MASTER_KEY } } = {}) =>
      fetch(rig.url + path, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async close() {
      await rig.close();
      await provider.close();
    },
  };
}
