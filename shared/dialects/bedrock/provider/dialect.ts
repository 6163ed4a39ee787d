import { awsEventStreamFramer } from '../../../http/aws-event-stream.ts';
import type { ProviderDialect } from '../../dialect.ts';
import { pathSegment } from '../../model-path.ts';
import { BEDROCK } from '../names.ts';
import { readUsage } from '../usage.ts';
import { bedrockCounting } from './counting.ts';
import { bedrockEmbeddings } from './embeddings.ts';
import { readError } from './errors.ts';
import { knownTraits } from './models.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { writeRequest } from './write-request.ts';

/**
 * Bedrock's Converse and ConverseStream, as AWS speaks them. The model is in the path: a model id, or the id or ARN of an inference
 * profile, encoded once (`/` and `:` included).
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrock: ProviderDialect = {
  name: BEDROCK,
  path: ({ model, stream }) => `/model/${pathSegment(model)}/${stream ? 'converse-stream' : 'converse'}`,
  writeRequest,
  takesHosted: ({ type }, _, { model, traits }) => knownTraits(model, traits).hosted.includes(type),
  readReply,
  usageOf: ({ usage }) => readUsage(usage),
  streamReader,
  framer: awsEventStreamFramer,
  readError,
  // None: it is given bytes.
  takesUrls: /(?!)/,
  embeddings: bedrockEmbeddings,
  counting: bedrockCounting,
};
