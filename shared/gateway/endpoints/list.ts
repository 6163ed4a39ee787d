import type { Endpoint } from '../endpoint.ts';
import { aboutOf } from './about.ts';
import { audio } from './audio.ts';
import { movedCache } from './cache.ts';
import { conversations } from './conversations.ts';
import { countTokens } from './count-tokens.ts';
import { embeddings } from './embeddings.ts';
import { alive, ready } from './health.ts';
import { images } from './images.ts';
import { model, models } from './models.ts';
import { moderations } from './moderations.ts';
import { ownKey } from './own-key.ts';
import { ownUsage } from './own-usage.ts';
import { rerank } from './rerank.ts';
import { keptResponses } from './responses.ts';

const served: readonly Endpoint[] = [
  ...conversations,
  ...keptResponses,
  countTokens,
  embeddings,
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
];

/** Everything that is served. */
export const endpoints: readonly Endpoint[] = [aboutOf(served), ...served, movedCache];
