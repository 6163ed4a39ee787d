import { Writable } from 'node:stream';
import { localPlace } from '../../infra/local/table.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { openTable } from '../../shared/aws/table.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { lambdaHandler, type StreamedHandler } from '../../shared/hosts/lambda.ts';
import { MASTER_KEY } from '../support/rig.ts';

export interface LambdaAnswer {
  status: number;
  text: string;
  headers: Headers;
}

export interface LambdaGateway {
  /** Bytes are handed over as AWS does: in base64. */
  post(body: string | Buffer, headers?: Record<string, string>, path?: string): Promise<LambdaAnswer>;
}

/** The gateway on the Lambda host, over a stand-in of what AWS's runtime gives; records are not kept. */
export function startLambdaGateway(definition: object): LambdaGateway {
  const log = { warn() {}, error() {} };
  const ports = createPorts({
    catalog: loadCatalog(definition),
    log,
    // The master key needs no table: nothing is asked there.
    table: openTable('none', localPlace('http://127.0.0.1:9')),
    secrets: { masterKeys: async () => [MASTER_KEY], providerKey: async () => 'key' },
    records: { report() {}, write: async () => {} },
  });
  const gateway = createGateway(ports);
  return {
    async post(body, more = {}, rawPath = '/v1/chat/completions') {
      let head = { statusCode: 0, headers: {} as Record<string, string> };
      const pieces: Buffer[] = [];
      const stream = new Writable({
        write(bytes: Buffer, _, taken) {
          pieces.push(bytes);
          taken();
        },
      });
      const runtime = {
        streamifyResponse: (handler: StreamedHandler) => handler,
        HttpResponseStream: {
          from(to: Writable, metadata: typeof head) {
            head = metadata;
            return to;
          },
        },
      };
      Object.assign(globalThis, { awslambda: runtime });
      const handler = lambdaHandler(gateway, log) as StreamedHandler;
      const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json', ...more };
      const isBase64Encoded = typeof body !== 'string';
      const event = {
        ...{ rawPath, rawQueryString: '', headers, isBase64Encoded },
        body: isBase64Encoded ? body.toString('base64') : body,
        requestContext: { http: { method: 'POST' } },
      };
      await handler(event, stream, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 });
      return {
        status: head.statusCode,
        text: Buffer.concat(pieces).toString('utf8'),
        headers: new Headers(head.headers),
      };
    },
  };
}
