import { describe, expect, test } from 'vitest';
import { endpointFor, urlOf } from '../../../shared/catalog/catalog.ts';
import { ConfigurationError, loadCatalog } from '../../../shared/catalog/load.ts';

const providerOf = (definition: object, environment: Record<string, string>, name = 'bedrock') =>
  loadCatalog({ providers: { [name]: definition } }, environment).providers.get(name)!;

describe('the presets of Bedrock', () => {
  test('a fresh deployment calls Bedrock in its own region, with its own role and no key', () => {
    const provider = providerOf({}, { AWS_REGION: 'eu-west-3' });
    expect(provider).toMatchObject({
      baseUrl: 'https://bedrock-runtime.eu-west-3.amazonaws.com',
      auth: 'aws',
      secret: undefined,
      signing: { region: 'eu-west-3', service: 'bedrock' },
    });
  });

  test('the configuration says the region where it wants another, and both regions serve at once', () => {
    const { providers } = loadCatalog(
      { providers: { bedrock: {}, tokyo: { preset: 'bedrock', parameters: { region: 'ap-northeast-1' } } } },
      { AWS_REGION: 'eu-west-3' },
    );
    expect(providers.get('bedrock')?.signing?.region).toBe('eu-west-3');
    expect(providers.get('tokyo')).toMatchObject({
      baseUrl: 'https://bedrock-runtime.ap-northeast-1.amazonaws.com',
      signing: { region: 'ap-northeast-1' },
    });
  });

  test('where no region is known, as while building, there is a usual one', () => {
    expect(providerOf({}, {}).signing?.region).toBe('us-east-1');
    expect(providerOf({}, { AWS_REGION: '' }).signing?.region).toBe('us-east-1');
  });

  test('calls with a key of Bedrock are not signed', () => {
    expect(providerOf({ auth: 'bearer' }, {})).toMatchObject({
      auth: 'bearer',
      secret: 'AWS_BEARER_TOKEN_BEDROCK',
      signing: undefined,
    });
  });

  test("the model's id is encoded once in the path, an inference profile's ARN as a whole", () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
    const catalog = loadCatalog({ providers: { bedrock: {} } }, {});
    const [byArn] = catalog.resolve(`bedrock/${arn}`)!;
    const [byId] = catalog.resolve('bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0')!;
    expect(urlOf(byArn!, false)).toBe(
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/' +
        'arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse',
    );
    expect(urlOf(byId!, true)).toMatch(/\/model\/us\.anthropic\.claude-sonnet-4-5-20250929-v1%3A0\/converse-stream$/);
  });

  test.each([
    ['openai.gpt-oss-120b', 'openai-responses'],
    ['openai.gpt-5.5', 'openai-responses'],
    ['google.gemma-4-31b', 'openai-responses'],
    ['openai.gpt-oss-safeguard-20b', 'openai-chat'],
    ['qwen.qwen3-32b', 'openai-chat'],
    ['moonshotai.kimi-k2.5', 'openai-chat'],
  ])('%s at the second endpoint answers callers of Responses in %s', (model, dialect) => {
    const [target] = loadCatalog({ providers: { 'bedrock-mantle': {} } }, {}).resolve(`bedrock-mantle/${model}`)!;
    expect(endpointFor(target!, 'openai-responses').provider.dialect.name).toBe(dialect);
  });

  test("Bedrock's second endpoint is another service of AWS, and its signatures name it", () => {
    expect(providerOf({}, { AWS_REGION: 'us-west-2' }, 'bedrock-mantle')).toMatchObject({
      baseUrl: 'https://bedrock-mantle.us-west-2.api.aws/v1',
      signing: { region: 'us-west-2', service: 'bedrock-mantle' },
    });
    expect(providerOf({}, {}, 'bedrock-openai').signing?.service).toBe('bedrock');
  });

  test("Claude has an endpoint in Anthropic's dialect, signed as the others are", () => {
    const [found] = loadCatalog({ providers: { bedrock: {} } }, {}).resolve('bedrock/us.anthropic.claude-x')!;
    const target = endpointFor(found!, 'anthropic');
    expect(urlOf(target, true)).toBe('https://bedrock-runtime.us-east-1.amazonaws.com/anthropic/v1/messages');
    expect(target.provider.signing).toEqual({ region: 'us-east-1', service: 'bedrock' });
    const [nova] = loadCatalog({ providers: { bedrock: {} } }, {}).resolve('bedrock/amazon.nova-pro-v1:0')!;
    expect(endpointFor(nova!, 'anthropic')).toBe(nova);
  });

  test('a provider of the own configuration that signs its calls must name region and service', () => {
    const own = { auth: 'aws', baseUrl: 'https://example.com/v1', parameters: { region: 'us-east-1' } };
    expect(() => providerOf(own, {}, 'mine')).toThrow(ConfigurationError);
    expect(() => providerOf(own, {}, 'mine')).toThrow(/providers\.mine\.parameters\.service/);
    const whole = { ...own, parameters: { region: 'us-east-1', service: 'bedrock' } };
    expect(providerOf(whole, {}, 'mine').signing).toEqual({ region: 'us-east-1', service: 'bedrock' });
  });
});
