import type { Rates } from '../accounting/limits/rates.ts';
import type { AccountPorts } from '../accounting/open.ts';
import type { OwnUsageReader } from '../accounting/own-usage.ts';
import type { Time } from '../async/time.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { FactsTable } from '../catalog/model-facts.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import type { Log } from '../log.ts';
import type { RoadPorts } from '../roads/ports.ts';
import type { UpstreamPorts } from '../upstream/call-provider.ts';
import type { VisionPorts } from '../vision/ports.ts';
import type { AuthenticatePorts } from './authenticate.ts';
import type { CheckOwnReads } from './endpoints/own-reads.ts';
import type { Check, Checks } from './readiness.ts';
import type { ForCaller } from './respond.ts';

/** All that the gateway needs from outside: what its rooms declare, and what it needs itself. */
export interface GatewayPorts extends AuthenticatePorts, AccountPorts, UpstreamPorts, RoadPorts, VisionPorts {
  catalog: Catalog;
  config: GatewayConfig;
  log: Log;
  time: Time;
  checks: Checks;
  /** The limits of keys, groups and the organisation. */
  rates: Rates;
  /** What a caller has used, for itself to see. */
  ownUsage: OwnUsageReader;
  /** What lists of models show beside names; in memory once it was asked for. */
  facts: () => FactsTable;
  /** A new unique id of letters and digits. */
  newId: () => string;
}

/** What endpoints get: the ports, and what the gateway made of them once. */
export interface EndpointPorts extends GatewayPorts {
  readiness: () => Promise<Readonly<Record<string, Check>>>;
  forCaller: ForCaller;
  checkOwnReads: CheckOwnReads;
}
