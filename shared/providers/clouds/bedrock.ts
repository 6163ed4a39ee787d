import { anthropic } from '../../dialects/anthropic/provider/dialect.ts';
import { bedrock as converse } from '../../dialects/bedrock/provider/dialect.ts';
import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import { anthropicVersion } from '../claude-code.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/**
 * What all of Bedrock's endpoints share: calls are signed with the function's own role, or with `auth: 'bearer'` carry an API key of
 * Bedrock's. The region is the function's own unless the configuration names another; a second region of the same gateway is a
 * second provider of this preset.
 */
const common = {
  auth: 'aws',
  secret: 'AWS_BEARER_TOKEN_BEDROCK',
  environment: { region: 'AWS_REGION' },
} as const;

/** Claude at Bedrock in Anthropic's dialect: fields that Converse lacks pass, and so do the bytes of callers of the same dialect. */
const claude: ProviderEndpoint = {
  ...common,
  dialect: anthropic,
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com/anthropic/v1',
  headers: anthropicVersion,
  models: /(?:^|[./])anthropic\.claude-/,
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html',
};

/** Every model of Bedrock in one dialect (Converse). The model is a model id, or an inference profile's id or ARN. */
export const bedrock: Provider = {
  ...common,
  dialect: converse,
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  parameters: { region: 'us-east-1', service: 'bedrock' },
  endpoints: [claude],
  docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
};

/** Bedrock in OpenAI's dialect: its open-weight models. */
export const bedrockOpenai: Provider = {
  ...common,
  dialect: openaiChat,
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com/openai/v1',
  parameters: { region: 'us-east-1', service: 'bedrock' },
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html',
};

/**
 * Responses of the few models that have them; the others refuse, and their callers are served by chat completions.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/models-api-compatibility.html
 */
const mantleResponses: ProviderEndpoint = {
  ...common,
  dialect: openaiResponses,
  models: /(?:^|[./])(?:openai\.gpt-(?!oss-safeguard)|google\.gemma-4|xai\.grok-)/,
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
  traits: { keepsResponses: true },
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html',
};

const mantleClaude: ProviderEndpoint = {
  ...claude,
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/anthropic/v1',
};

/** Bedrock's second endpoint, with models the first one lacks. Some of them are at `/openai/v1` instead (their page says so). */
export const bedrockMantle: Provider = {
  ...common,
  dialect: openaiChat,
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
  parameters: { region: 'us-east-1', service: 'bedrock-mantle' },
  endpoints: [mantleResponses, mantleClaude],
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html',
};
