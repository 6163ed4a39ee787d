import type { Time } from '../async/time.ts';
import type { KeptResponses } from '../call/kept-response.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import type { FetchMedia } from '../media/fetch.ts';
import type { UpstreamPorts } from '../upstream/call-provider.ts';

/** What both roads need from outside. */
export interface RoadPorts extends UpstreamPorts {
  /** Fetches images and files that callers give by their address, guarded. */
  fetchMedia: FetchMedia;
  /** Answers that providers keep. */
  kept: KeptResponses;
  time: Pick<Time, 'now'>;
  config: Pick<GatewayConfig, 'strictParams' | 'limits' | 'media'>;
}
