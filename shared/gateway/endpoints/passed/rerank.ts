import { passedEndpoint } from './operation.ts';

/** Documents in the order of their relevance to a query. @see https://docs.cohere.com/reference/rerank */
export const rerank = passedEndpoint({
  operation: 'rerank',
  purpose: 'rerank',
  paths: ['/v1/rerank', '/v2/rerank', '/rerank'],
});
