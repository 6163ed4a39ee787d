import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** Azure OpenAI's Responses, version 1 of its API: the model is the deployment's name, in the body. */
const responses: ProviderEndpoint = {
  dialect: openaiResponses,
  baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
  auth: 'api-key',
  secret: 'AZURE_OPENAI_API_KEY',
  traits: { compacts: true, keepsResponses: true },
  docs: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/responses',
};

/** Azure OpenAI, version 1 of its API: the model is the deployment's name, in the body. */
export const azure: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
  auth: 'api-key',
  secret: 'AZURE_OPENAI_API_KEY',
  traits: { drops: ['top_k'], cacheMarks: 'strip', customTools: 'native' },
  parameters: { resource: '' },
  endpoints: [responses],
  docs: 'https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle',
};

/** Azure OpenAI with a path per deployment and a dated API version. */
export const azureDeployment: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://{resource}.openai.azure.com/openai',
  path: '/deployments/{model}/chat/completions',
  query: 'api-version={apiVersion}',
  auth: 'api-key',
  secret: 'AZURE_OPENAI_API_KEY',
  traits: { drops: ['top_k'], cacheMarks: 'strip', customTools: 'native' },
  parameters: { resource: '', apiVersion: '2024-10-21' },
  docs: 'https://learn.microsoft.com/azure/ai-services/openai/reference',
};
