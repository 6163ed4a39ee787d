import { passedEndpoint } from './operation.ts';

/** Whether texts and images break a vendor's rules. @see https://platform.openai.com/docs/api-reference/moderations */
export const moderations = passedEndpoint({
  operation: 'moderations',
  purpose: 'moderation',
  paths: ['/v1/moderations', '/moderations'],
  // The vendor's own default: its SDKs let callers leave the model out.
  usualModel: 'omni-moderation-latest',
});
