import { loadCatalog } from '../../shared/catalog/load.ts';
import type { Refusal } from '../../shared/errors.ts';
import type { RoadPorts } from '../../shared/roads/ports.ts';
import type { UpstreamCall, UpstreamReply } from '../../shared/upstream/send.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { piecesOf, streamOf } from '../support/streams.ts';
import { createMapKept } from './map-kept.ts';

/** Ports of roads whose provider answers with these pieces: a JSON text, or a stream where they begin like one. */
export function portsOf(...pieces: (string | Error)[]): RoadPorts & { sent: UpstreamCall[] } {
  const sent: UpstreamCall[] = [];
  const isStream = /^(?:data|event):/.test(String(pieces[0]));
  return {
    sent,
    async send(call): Promise<UpstreamReply | Refusal> {
      sent.push(call);
      const bytes = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
      return {
        status: 200,
        headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json' },
        at: 0,
        body: streamOf<Uint8Array>(bytes),
      };
    },
    time: createFakeTime(),
    providerKey: async () => 'k3y',
    serviceAccountTokens: async () => ({ token: 'unused' }),
    kept: createMapKept(),
    fetchMedia: () => Promise.reject(new Error('nothing was to be fetched')),
    config: loadCatalog({ providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } } }).config,
  };
}

export const whole =
  '{"id":"x","model":"m","own":1917043659912705296,"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}';

export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export const textOf = async (body: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(body instanceof Uint8Array ? [body] : await piecesOf(body)).toString();
