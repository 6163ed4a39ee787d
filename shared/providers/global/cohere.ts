import { cohere as dialect } from '../../dialects/cohere/provider/dialect.ts';
import type { Provider } from '../provider.ts';

/** Cohere's own API, version 2. */
export const cohere: Provider = {
  dialect,
  baseUrl: 'https://api.cohere.com/v2',
  auth: 'bearer',
  secret: 'COHERE_API_KEY',
  docs: 'https://docs.cohere.com/reference/chat',
};
