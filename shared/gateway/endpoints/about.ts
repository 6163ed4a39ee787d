import { jsonOutgoing, type Outgoing } from '../../http/message.ts';
import { servedPaths } from '../routes.ts';

export const showAbout = (): Outgoing =>
  jsonOutgoing(200, {
    name: 'Sluice',
    description: 'An LLM gateway: OpenAI and Anthropic clients in front, any provider behind.',
    paths: servedPaths,
  });

export const showAlive = (): Outgoing => jsonOutgoing(200, { status: 'ok' });
