import type { ProviderDialect } from '../../dialect.ts';
import { readOpenaiError } from '../../kit/openai/errors.ts';
import { OPENAI_RESPONSES } from '../names.ts';
import { readUsage } from '../usage.ts';
import { kept } from './kept.ts';
import { takesOwn } from './plain-forms.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { takesHosted, writeRequest } from './write-request.ts';

/** OpenAI's Responses as providers speak them. */
export const openaiResponses: ProviderDialect = {
  name: OPENAI_RESPONSES,
  path: () => '/responses',
  writeRequest,
  takesHosted,
  takesOwn,
  readReply,
  usageOf: ({ usage }) => readUsage(usage),
  streamReader,
  readError: readOpenaiError,
  short: shortRoad,
  kept,
};
