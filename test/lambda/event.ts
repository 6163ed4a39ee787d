/** A request to a function URL. */
export interface Call {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** Lambda does so for every content type that it does not know for text. */
  isBase64Encoded?: boolean;
}

/**
 * The event that a function URL makes of a request, payload version 2: header names in lower case.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function functionUrlEvent({ method = 'GET', path, headers = {}, body, isBase64Encoded = false }: Call) {
  const [rawPath = '/', rawQueryString = ''] = path.split('?');
  const host = 'abcdefghijklmnop.lambda-url.us-east-1.on.aws';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7', ...headers },
    ...(rawQueryString ? { queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)) } : {}),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefghijklmnop',
      domainName: host,
      domainPrefix: 'abcdefghijklmnop',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId: crypto.randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: Date.now(),
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}
