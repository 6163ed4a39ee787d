import { describe, expect, test } from 'vitest';
import { cleanMessage, cleanName } from '../../../shared/dialects/kit/clean-message.ts';

describe('a provider’s sentence', () => {
  test.each([
    ['Incorrect API key provided: sk-proj-abcDEF123456****wxyz.', 'sk-proj'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.abc.def is wrong', 'eyJ'],
    ['GET https://x.example/v1?key=AIzaSyA1234567890abcdef&alt=sse failed', 'AIza'],
    ['gsk_abcdefghijklmnop refused', 'gsk_abc'],
    ['bce-v3/ALTAK-abcdefghijk/0123456789 refused', 'ALTAK'],
    ['AKIAIOSFODNN7EXAMPLE is not authorized', 'AKIA'],
  ])('%s loses its secret', (message, secret) => {
    expect(cleanMessage(message)).toContain('***');
    expect(cleanMessage(message)).not.toContain(secret);
  });

  test.each([
    ['Rate limit reached for gpt-5 in organization org-AbC123def456 on tokens', 'AbC123'],
    ['Project `proj_abcDEF123` has no access to it', 'abcDEF123'],
    ['Your account acct_1A2b3C4d5E is on hold', '1A2b3C4d5E'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.claude is not there', '123456789012'],
    ['User: arn:aws-cn:sts::123456789012:assumed-role/gateway/x', 'assumed-role'],
    ['the account 123456789012 has no quota', '123456789012'],
    ['Subscription 0b1c2d3e-aaaa-bbbb-cccc-0123456789ab is disabled', '0b1c2d3e'],
    ["tenant id: '0b1c2d3e-aaaa-bbbb-cccc-0123456789ab'", '0b1c2d3e'],
    ['/subscriptions/0b1c2d3e-aaaa-bbbb-cccc-0123456789ab/resourceGroups/my-team/x', 'my-team'],
    ['This organization (0b1c2d3e-aaaa-bbbb-cccc-0123456789ab) is disabled.', '0b1c2d3e'],
    ["Quota exceeded for consumer 'project_number:123456789'.", '123456789'],
    ['Vertex AI API has not been used in project 987654321 before or it is disabled', '987654321'],
    ['Publisher Model `projects/my-project-1/locations/x/publishers/google/models/y` not found', 'my-project-1'],
    ['token ya29.a0AfH6SMBx-abc_def is expired', 'a0AfH6'],
  ])('%s loses what names the account', (message, id) => {
    expect(cleanMessage(message)).toContain('***');
    expect(cleanMessage(message)).not.toContain(id);
  });

  test.each([
    'the keyboard is key-less',
    'org-chart.png is no image, nor is project_2 a model',
    'messages.3.content.0: tool_use id 0b1c2d3e-aaaa-bbbb-cccc-0123456789ab has no result',
    'max_tokens: 1234567890123 > 64000',
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    '`tool_use` ids were found without `tool_result` blocks: toolu_01AbCdEfGhIjKl',
    'rate limit reached for gpt-4o in organization',
    'messages: at least one message is required',
    'skateboarding is not a secret',
  ])('%s stays as it is', (message) => {
    expect(cleanMessage(message)).toBe(message);
  });

  test('markup is no sentence, and length is bounded', () => {
    expect(cleanMessage('<!DOCTYPE html><html>502</html>')).toBeUndefined();
    expect(cleanMessage('   ')).toBeUndefined();
    expect(cleanMessage('x'.repeat(100_000))?.length).toBe(2000);
    expect(cleanMessage(`${'x'.repeat(1999)}😀`)?.isWellFormed()).toBe(true);
  });
});

const GUID = '0b1c2d3e-aaaa-bbbb-cccc-0123456789ab';
const DIGITS = '11111111-2222-3333-4444-555555555555';

describe('what names the owner’s accounts is masked, however it is written', () => {
  test.each([
    ['User: x_arn:aws:iam::123456789012:role/secretrole is refused', 'User: x_*** is refused'],
    ['arn:aws:iam::123456789012:role/secretrole: Access denied', '*** Access denied'],
    ['arn\\u003aaws\\u003aiam::123456789012:user/secretbob is refused', '*** is refused'],
    ['arn%3Aaws%3Aiam%3A%3A123456789012%3Auser%2Fsecretbob is refused', '*** is refused'],
    ['arn%253Aaws%253Aiam%253A%253A123456789012%253Auser%252Fsecretbob', '***'],
    ['arn: aws: iam:: 123456789012: user/secretbob is refused', '*** is refused'],
    ['ARN : AWS-CN : IAM : : 123456789012 : USER/SECRETBOB is refused', '*** is refused'],
    ['account 1234-5678-9012 has no quota', 'account *** has no quota'],
    ['acct_1234–5678–9012_x', 'acct_***_x'],
    ['account id: 1234 5678 9012.', 'account id: ***.'],
    ['It is the account 123456789012.', 'It is the account ***.'],
    ['bucket-123456789012-us-east-1', 'bucket-***-us-east-1'],
    [
      'Limit reached in organization org-AbCdEfGhIjKlMnOpQrStUvWx on requests',
      'Limit reached in organization *** on requests',
    ],
    ['Limit reached in organization org-mycompany on requests', 'Limit reached in organization *** on requests'],
    ['refused to org-AbCd_Ef12-34567890XyZ', 'refused to ***'],
    ['x_org-abcdefghijklmnopqrstuvwx', 'x_***'],
    ['refused to proj_AbCdEfGhIj', 'refused to ***'],
    ['{"org_id":"org-AbCdEf1234567890XyZ"}', '{"org_id":"***"}'],
    ['workspace wrkspc_01AbCdEf2', 'workspace ***'],
    [
      `/subscriptions/${GUID}/resourceGroups/secretrg/providers/Microsoft.CognitiveServices/accounts/secretacct/deployments/x`,
      '/subscriptions/***/resourceGroups/***/providers/Microsoft.CognitiveServices/accounts/***',
    ],
    [`%2Fsubscriptions%2F${GUID}%2FresourceGroups%2Fsecretrg%2Fx`, '%2Fsubscriptions%2F***%2FresourceGroups%2F***%2Fx'],
    [
      "The Resource 'Microsoft.CognitiveServices/accounts/secretacct' under resource group 'secretrg' was not found.",
      "The Resource 'Microsoft.CognitiveServices/accounts/***' under resource group '***' was not found.",
    ],
    ['/v1/accounts/openai-secret/x and /accounts/secret-acct', '/v1/accounts/***/x and /accounts/***'],
    ['GET /v4/accounts/0123456789abcdef0123456789abcdef/ai/run failed', 'GET /v4/accounts/***/ai/run failed'],
    [`subscription ${DIGITS} in tenant ${GUID}`, 'subscription *** in tenant ***'],
    [`"subscriptionId":"${GUID}", tenantId=${GUID}`, '"subscriptionId":"***", tenantId=***'],
    [
      `The organization with id ${GUID} is disabled; deployment ${DIGITS} too`,
      'The organization with id *** is disabled; deployment *** too',
    ],
    [`{\\"workspace_id\\": \\"${GUID}\\"}`, '{\\"workspace_id\\": \\"***\\"}'],
    ['Error in project my-secret-proj (number 1234567890)', 'Error in project *** (number ***)'],
    [
      'It has not been used in project secretproj before or it is disabled',
      'It has not been used in project *** before or it is disabled',
    ],
    ["Consumer 'projects/secretproj' is suspended", "Consumer 'projects/***' is suspended"],
    ['at projects/my-secret-proj', 'at projects/***'],
    ['at projects%2Fsecretproj%2Flocations%2Fx', 'at projects%2F***%2Flocations%2Fx'],
    ['Project gen-lang-client-0123456789 is disabled', 'Project *** is disabled'],
    ["Project 'secretproj' is disabled", "Project '***' is disabled"],
    [
      'https://console.example.com/overview?project=secretproj then retry',
      'https://console.example.com/overview?project=*** then retry',
    ],
    ['svc-account@my-secret-proj.iam.gserviceaccount.com is refused', '*** is refused'],
    ['svc%40secret-proj.iam.gserviceaccount.com is refused', '*** is refused'],
    ['The trial of jane.doe+ai@mail.example.co.uk is over.', 'The trial of *** is over.'],
  ])('%s', (message, expected) => {
    expect(cleanMessage(message)).toBe(expected);
    expect(cleanName(message.slice(0, 200))).toBe(cleanMessage(message.slice(0, 200)));
  });
});

describe('an ordinary sentence comes through word for word', () => {
  test.each([
    "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens in the messages. Please reduce the length of the messages.",
    'max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022',
    'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again',
    'prompt is too long: 212345 tokens > 200000 maximum',
    'The model `gpt-4o-2024-08-06` does not exist or you do not have access to it.',
    'model: claude-3-5-sonnet-20241022 (request_id: req_011CSHoEeqs5C35K2UUqR7Fy)',
    `Please include the request ID ${GUID} in your message.`,
    `Operation ${DIGITS} timed out; request id: ${DIGITS}, x-ms-client-request-id: ${DIGITS}`,
    'messages.1.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_01A09q90qw90lq917835lq9. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
    'thinking.0.display: Extra inputs are not permitted',
    "Invalid value: 'tool'. Supported values are: 'system', 'assistant', 'user', 'function', and 'developer'.",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    "Invalid 'messages[3].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 47 instead.",
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_0GfXcAbN5Pq2Rs7TuVwXyZ12",
    'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29500, Requested 900. Please try again in 1.2s. Visit https://platform.openai.com/account/rate-limits to learn more.',
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
    "This request would exceed your organization's rate limit of 50,000 input tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.",
    'Your organization has been disabled.',
    'Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
    'The provided model identifier is invalid.',
    'Malformed input request: #/messages/0/content: expected type: String, found: JSONArray, please reformat your input and try again.',
    "1 validation error detected: Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.',
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    'It lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions` operation.',
    'Invalid JSON payload received. Unknown name "foo" at \'contents[0].parts[0]\': Cannot find field.',
    'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.',
    '* GenerateContentRequest.contents: contents is not specified',
    'The input token count (1048999) exceeds the maximum number of tokens allowed (1048576).',
    'Publisher Model `projects/{project}/locations/global/publishers/google/models/gemini-2.5-pro-preview-05-06` was not found or your project does not have access to it.',
    'claude-3-5-sonnet-v2@20241022 is not available in us-east5',
    'Model not found, inaccessible, and/or not deployed: accounts/fireworks/models/llama-v3p1-8b-instruct',
    'GET https://api.fireworks.ai/v1/accounts/fireworks/models/llama-v3p1-8b-instruct: not found',
    'Unable to access model meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo. Please visit https://api.together.ai/models to view the list of supported models.',
    "model 'command-r-plus-08-2024' not found, make sure the correct model ID was used and that you have access to the model.",
    'This request requires more credits, or fewer max_tokens. You requested up to 3000 tokens, but can only afford 1200.',
    'The model or endpoint ep-20250101123456-abcde does not exist or you do not have access to it. Request id: 0217354321098765432109876543210987654',
    '<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]',
    'You have exceeded the 5-hour usage quota. It will reset at 2025-10-09 18:00:00 +0800 CST.',
    'Messages 中 user/tool 和 assistant 角色需要交替出现',
    'project: Extra inputs are not permitted; organization: must be a string; account: read-only',
    'project-level and org-level-rate-limits apply; see organization-wide_settings and workspace_id.',
    'Your project does not have access to the organization, the account or its subscription.',
    'Dates: 2024-08-06, 2025-10-09T18:00:00Z; seeds: 1234567890123, 0.123456789012; phone-like 1234-5678.',
    'Cards such as 1234-5678-9012-3456 are no input.',
    'Install @scope/package@1.2.3, then call (a @ b) with `x@y`.',
    'Visit https://platform.openai.com/settings/organization/general or https://console.example.com/accounts/billing.',
  ])('%s', (message) => expect(cleanMessage(message)).toBe(message));
});
