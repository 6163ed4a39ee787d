import { openaiChat } from '../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from './provider.ts';

/** Any server that speaks OpenAI chat completions; the configuration gives the base URL. */
export const openaiCompatible: Provider = { dialect: openaiChat, auth: 'bearer' };
