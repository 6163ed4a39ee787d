import { openaiResponses } from '../dialects/openai-responses/provider/dialect.ts';
import type { Provider } from './provider.ts';

/** OpenAI by way of Responses: for models that speak nothing else, and for callers who speak it too. */
export const openaiByResponses: Provider = {
  dialect: openaiResponses,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  docs: 'https://platform.openai.com/docs/api-reference/responses',
};

/** Azure OpenAI's Responses, version 1 of its API: the model is the deployment's name, in the body. */
export const azureResponses: Provider = {
  dialect: openaiResponses,
  baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
  auth: 'api-key',
  secret: 'AZURE_OPENAI_API_KEY',
  parameters: { resource: '' },
  docs: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/responses',
};
