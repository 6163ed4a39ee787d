import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import type { Sign } from '../upstream/credentials.ts';

/**
 * Signs calls to AWS (Signature Version 4) with the SDK's own signer. Credentials are what the SDK finds and renews: in Lambda
 * the environment has those of the function's role, on a developer's machine a profile, an SSO session or the variables.
 * Host, content type and body are signed and nothing that is changed on the way. The path is encoded once more in
 * what is signed, as every service but S3 has it, so that an ARN in it holds.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSign(
  { now }: Pick<Time, 'now'>,
  credentials: AwsCredentialIdentityProvider = defaultProvider(),
): Sign {
  const signer = new SignatureV4({ service: '', region: '', credentials, sha256: Hash.bind(null, 'sha256') });
  return async ({ url, method = 'POST', contentType, body, region, service }) => {
    const { protocol, hostname, host, pathname, searchParams } = new URL(url);
    const own = { host, 'content-type': contentType };
    const request = {
      method,
      protocol,
      hostname,
      path: pathname,
      query: queryOf(searchParams),
      headers: own,
      body,
    };
    try {
      const { headers } = await signer.sign(request, {
        signingDate: new Date(now()),
        signingRegion: region,
        signingService: service,
      });
      const { host: _, 'content-type': __, ...signed } = headers;
      return signed;
    } catch (cause) {
      throw new GatewayError('upstream_auth', 'The gateway has no AWS credentials to sign this call with.', { cause });
    }
  };
}

const queryOf = (params: URLSearchParams): Record<string, string[]> =>
  Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
