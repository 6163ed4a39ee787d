import { jsonOutgoing, type Outgoing } from '../http/message.ts';

export const showAbout = (): Outgoing =>
  jsonOutgoing(200, {
    name: 'Sluice',
    description: 'An LLM gateway: OpenAI clients in front, any provider behind.',
    endpoints: [
      'POST /v1/chat/completions',
      'GET /v1/models',
      'GET /v1/models/{id}',
      'GET /health',
      'GET /health/ready',
    ],
  });

export const showAlive = (): Outgoing => jsonOutgoing(200, { status: 'ok' });
