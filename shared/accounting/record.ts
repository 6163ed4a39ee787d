import type { ClientDialect, Glance } from '../dialects/dialect.ts';
import type { Caller, UsageRecord } from '../gateway/parts.ts';
import type { MeterReading } from './meter.ts';

/** What is known of a request when it is over. */
export interface Told {
  requestId: string;
  startedAt: number;
  endedAt: number;
  caller: Caller;
  dialect: ClientDialect;
  glance: Pick<Glance, 'model' | 'stream'>;
  /** `chat` unless said. */
  purpose?: UsageRecord['purpose'];
  status: number;
  reading: MeterReading;
}

/** The usage record of a request. */
export function recordOf({
  requestId,
  startedAt,
  endedAt,
  caller,
  dialect,
  glance,
  purpose = 'chat',
  status,
  reading,
}: Told): UsageRecord {
  const { target, usage, firstTokenAt, finish, errorKind } = reading;
  return {
    requestId,
    time: new Date(startedAt).toISOString(),
    caller: caller.type === 'master' ? 'master' : caller.id,
    ...(caller.type === 'key' ? { callerName: caller.name } : {}),
    purpose,
    dialect: dialect.name,
    askedModel: glance.model,
    ...(target ? { provider: target.provider.name, model: target.model } : {}),
    attempts: reading.attempts,
    ...(usage ? { usage } : {}),
    ...(firstTokenAt === undefined ? {} : { firstTokenMs: firstTokenAt - startedAt }),
    totalMs: endedAt - startedAt,
    status,
    streamed: glance.stream,
    ...(finish === undefined ? {} : { finish }),
    ...(errorKind === undefined ? {} : { error: errorKind }),
  };
}
