import { business as dialect } from '../dialects/business/provider/dialect.ts';
import type { Provider } from './provider.ts';

/** A company's own API; the configuration gives the base URL, and `auth: 'bearer'` where it asks for a key. */
export const business: Provider = {
  dialect,
  auth: 'none',
  secret: 'BUSINESS_API_KEY',
};
