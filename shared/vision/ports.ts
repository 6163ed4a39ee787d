import type { Time } from '../async/time.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import type { Log } from '../log.ts';
import type { Images } from '../media/load-image.ts';
import type { Memory } from '../remember/memory.ts';
import type { RoadPorts } from '../roads/ports.ts';

/** An image in words. */
export interface Description {
  text: string;
  /** The describer's answer ended at its limit. */
  isCut: boolean;
}

/** What the cascade needs from outside. */
export interface VisionPorts extends RoadPorts {
  images: Images;
  descriptions: Memory<Description>;
  config: Pick<GatewayConfig, 'strictParams' | 'limits' | 'vision' | 'media'>;
  log: Pick<Log, 'warn'>;
  time: Time;
}
