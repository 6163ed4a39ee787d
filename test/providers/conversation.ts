import type { ChatRequest } from '../../shared/chat/request.ts';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};

/** One conversation with something of everything that vendors name, take or refuse differently. */
export const conversation: ChatRequest = {
  model: 'replaced',
  stream: true,
  streamUsage: true,
  messages: [
    { role: 'system', parts: [{ type: 'text', text: 'Answer briefly.' }], variant: 'developer' },
    { role: 'user', parts: [{ type: 'text', text: 'What is the weather in Bern?' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'thinking', text: 'I need the weather.' },
        { type: 'tool-call', id: 'call_1', name: 'get_weather', arguments: '{"city":"Bern"}' },
      ],
    },
    { role: 'tool', results: [{ callId: 'call_1', parts: [{ type: 'text', text: '21 degrees' }] }] },
    { role: 'user', parts: [{ type: 'text', text: 'And in Basel?' }] },
  ],
  tools: [{ kind: 'function', name: 'get_weather', description: 'Weather of a city', schema: parameters }],
  toolChoice: { type: 'auto' },
  parallelToolCalls: false,
  maxTokens: 3000,
  temperature: 0.5,
  topP: 0.9,
  topK: 20,
  frequencyPenalty: 0.5,
  presencePenalty: 0.25,
  seed: 42,
  stop: ['END'],
  logprobs: { top: 2 },
  reasoning: { effort: 'high' },
  endUser: 'user-1',
  serviceTier: 'auto',
  native: { dialect: 'openai-chat', fields: { logit_bias: { '50256': -100 }, store: false, metadata: { team: 'a' } } },
};

/** The same for an API that takes text only. */
export const textConversation: ChatRequest = {
  ...conversation,
  messages: conversation.messages.filter(({ role }) => role === 'system' || role === 'user'),
  tools: [],
};
