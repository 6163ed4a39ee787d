import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Secrets {
  endpoint: string;
  /** The ids that were asked for, in order. */
  asked: string[];
  /** From now on nothing is answered, until `release` is called. */
  hold(): void;
  release(): void;
  close(): void;
}

/**
 * Secrets Manager, as far as GetSecretValue goes.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function startSecrets(secrets: Record<string, string>): Promise<Secrets> {
  const asked: string[] = [];
  let held: PromiseWithResolvers<void> | undefined;
  const server = createServer(async (request, response) => {
    const { SecretId: id } = (await json(request)) as { SecretId: string };
    const isKnownCall = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    asked.push(id);
    await held?.promise;
    const value = isKnownCall ? secrets[id] : undefined;
    const reply = value === undefined ? { __type: 'ResourceNotFoundException' } : found(id, value);
    response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    hold() {
      held = Promise.withResolvers();
    },
    release() {
      held?.resolve();
      held = undefined;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function found(id: string, value: string) {
  return {
    ARN: `arn:aws:secretsmanager:us-east-1:123456789012:secret:${id}`,
    Name: id,
    VersionId: '00000000-0000-0000-0000-000000000001',
    SecretString: value,
    CreatedDate: 1_700_000_000,
  };
}
