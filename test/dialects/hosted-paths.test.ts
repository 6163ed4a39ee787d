import { expect, test } from 'vitest';
import { plainPath } from '../../shared/dialects/hosted-paths.ts';

test.each([
  ['/openai/deployments/gpt-4o/chat/completions', '/v1/chat/completions', 'gpt-4o'],
  ['/openai/deployments/gpt-4o/completions', '/v1/completions', 'gpt-4o'],
  ['/openai/deployments/p%2Fm/embeddings', '/v1/embeddings', 'p%2Fm'],
  ['/openai/deployments/p/a/m/images/edits', '/v1/images/edits', 'p/a/m'],
  ['/openai/deployments/m/audio/translations', '/v1/audio/translations', 'm'],
])('%s asks a deployment', (path, plain, deployment) => {
  expect(plainPath(path)).toEqual({ path: plain, deployment });
});

test.each([
  ['/openai/v1/responses', '/v1/responses'],
  ['/openai/models/p%2Fm', '/v1/models/p%2Fm'],
  ['/openai/deployments/m/files', '/v1/deployments/m/files'],
  ['/openai/deployments//chat/completions', '/v1/deployments//chat/completions'],
  ['/v1/chat/completions', '/v1/chat/completions'],
  ['/openai', '/openai'],
  ['/openaix/v1/models', '/openaix/v1/models'],
])('%s is %s, without a deployment', (path, plain) => {
  expect(plainPath(path)).toEqual({ path: plain });
});
