import type { Endpoint } from '../endpoint.ts';
import { aboutOf } from './about.ts';
import { movedCache } from './cache.ts';
import { conversations } from './conversations.ts';
import { countTokens } from './count-tokens.ts';
import { embeddings } from './embeddings.ts';
import { alive, ready } from './health.ts';
import { hello } from './hello.ts';
import { model, models } from './models.ts';
import { ownKey } from './own-key.ts';
import { ownUsage } from './own-usage.ts';
import { audio } from './passed/audio.ts';
import { images } from './passed/images.ts';
import { moderations } from './passed/moderations.ts';
import { rerank } from './passed/rerank.ts';
import { keptResponses } from './responses.ts';

const served: readonly Endpoint[] = [
  ...conversations,
  ...keptResponses,
  ...countTokens,
  ...embeddings,
  moderations,
  rerank,
  ...images,
  ...audio,
  models,
  model,
  ownKey,
  ownUsage,
  alive,
  ready,
  hello,
];

/** Everything that is served. */
export const endpoints: readonly Endpoint[] = [aboutOf(served), ...served, movedCache];
