/** The paths by which callers hold a conversation. */
export interface ClientPath {
  name: 'chat' | 'responses' | 'messages' | 'completions' | 'gemini';
  path(model: string, stream: boolean): string;
  /** The provider dialect whose bytes pass unchanged to a caller of this path. */
  passes?: string;
  body(model: string, stream: boolean): object;
}

const question = 'Wie viele Gäste kommen?';

export const clientPaths: readonly ClientPath[] = [
  {
    name: 'chat',
    path: () => '/v1/chat/completions',
    passes: 'openai-chat',
    body: (model, stream) => ({ model, stream, messages: [{ role: 'user', content: question }] }),
  },
  {
    name: 'responses',
    path: () => '/v1/responses',
    passes: 'openai-responses',
    body: (model, stream) => ({ model, stream, input: question }),
  },
  {
    name: 'messages',
    path: () => '/v1/messages',
    passes: 'anthropic',
    body: (model, stream) => ({ model, stream, max_tokens: 100, messages: [{ role: 'user', content: question }] }),
  },
  {
    name: 'completions',
    path: () => '/v1/completions',
    body: (model, stream) => ({ model, stream, prompt: question }),
  },
  {
    name: 'gemini',
    path: (model, stream) =>
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    passes: 'gemini',
    body: () => ({ contents: [{ parts: [{ text: question }] }] }),
  },
];
