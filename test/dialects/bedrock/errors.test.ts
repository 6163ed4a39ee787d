import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bedrock } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';

const refused = (status: number, type: string, message: string) =>
  bedrock.readError(status, { message }, { 'x-amzn-errortype': type });

describe('what Bedrock refuses with', () => {
  test.each([
    [400, 'ValidationException', 'invalid_request', 400],
    [403, 'UnrecognizedClientException', 'upstream_auth', 400],
    [403, 'AccessDeniedException', 'upstream_auth', 400],
    [404, 'ResourceNotFoundException', 'model_not_found', 404],
    [408, 'ModelTimeoutException', 'timeout', 504],
    [424, 'ModelErrorException', 'upstream', 502],
    [429, 'ThrottlingException', 'rate_limited', 429],
    [429, 'ModelNotReadyException', 'overloaded', 503],
    [500, 'InternalServerException', 'upstream', 502],
    [503, 'ServiceUnavailableException', 'overloaded', 503],
  ])('a %i %s is of kind %s and answered with %i', (status, type, kind, given) => {
    expect(refused(status, type, 'Bedrock says no.')).toMatchObject({ kind, status: given });
  });

  test('#34 a throttling is one whatever its status, and its name may come with an address behind it', () => {
    const type = 'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/';
    expect(refused(400, type, 'Too many tokens, please wait before trying again.').kind).toBe('rate_limited');
    expect(refused(500, 'com.amazon.coral.availability#ThrottlingException', 'slow').kind).toBe('rate_limited');
    expect(bedrock.readError(400, { message: 'Too many requests, please wait.' }, {}).kind).toBe('rate_limited');
  });

  test('an unknown model is reported as one, though Bedrock calls it a failed validation', () => {
    expect(refused(400, 'ValidationException', 'The provided model identifier is invalid.')).toMatchObject({
      kind: 'model_not_found',
      status: 404,
    });
  });

  test('a conversation that is too long is reported with its code', () => {
    const error = refused(400, 'ValidationException', 'Input is too long for requested model.');
    expect(error).toMatchObject({ kind: 'invalid_request', code: 'context_length_exceeded' });
  });

  test('#35 a refusal of the own key says nothing of the key or of the role', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/gateway is not authorized to perform: bedrock:InvokeModel';
    const error = refused(403, 'AccessDeniedException', message);
    expect(error.message).not.toContain('arn:aws');
    expect(error.code).toBe('upstream_auth');
  });

  test('#36 bodies of any shape are reported in one sentence, without markup', () => {
    expect(bedrock.readError(502, '<html><body>Bad gateway</body></html>', {}).message).toBe(
      'The provider answered with status 502.',
    );
    expect(bedrock.readError(403, { Message: 'The security token is invalid.' }, {}).kind).toBe('upstream_auth');
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.oneof(fc.jsonValue(), fc.string()),
        fc.string(),
        (status, body, type) => {
          const error = bedrock.readError(status, body, { 'x-amzn-errortype': type });
          expect(error).toBeInstanceOf(GatewayError);
          expect(error.message).not.toBe('');
        },
      ),
      { numRuns: 100 },
    );
  });
});
