import { describe, expect, test } from 'vitest';
import { cleanMessage } from '../../../shared/dialects/kit/clean-message.ts';

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
