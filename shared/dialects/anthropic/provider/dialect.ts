import { isJsonObject } from '../../../http/json.ts';
import type { ProviderDialect } from '../../dialect.ts';
import { readError } from '../errors.ts';
import { ANTHROPIC } from '../names.ts';
import { readUsage } from '../usage.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeRequest } from './write-request.ts';

/** Anthropic messages as providers speak them. */
export const anthropic: ProviderDialect = {
  name: ANTHROPIC,
  path: () => '/messages',
  writeRequest,
  takesHosted: ({ type }, _, { traits }) => traits.hostedTools?.includes(type) ?? false,
  readReply,
  usageOf: ({ usage }) => (isJsonObject(usage) ? readUsage(usage) : undefined),
  streamReader,
  readError,
  short: shortRoad,
};
