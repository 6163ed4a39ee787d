import { anthropic as dialect } from '../../dialects/anthropic/provider/dialect.ts';
import { anthropicVersion } from '../claude-code.ts';
import type { Provider } from '../provider.ts';

export const anthropic: Provider = {
  dialect,
  baseUrl: 'https://api.anthropic.com/v1',
  auth: 'x-api-key',
  secret: 'ANTHROPIC_API_KEY',
  headers: anthropicVersion,
  traits: { hostedTools: ['web-search', 'web-fetch', 'code-execution'] },
  docs: 'https://platform.claude.com/docs/en/api/messages',
};
