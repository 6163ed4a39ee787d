import type { KeptDialect } from '../../dialect.ts';
import { pathSegment } from '../../model-path.ts';
import { isPending } from '../names.ts';
import { readUsage } from '../usage.ts';

/** Kept responses. @see https://platform.openai.com/docs/api-reference/responses/get */
export const kept: KeptDialect = {
  path: (id, part) => `/responses/${pathSegment(id)}${part === undefined ? '' : `/${part}`}`,
  // One that failed or was cancelled may say nothing of what it used.
  usageOf: (body) => (isPending(body) ? undefined : (readUsage(body.usage) ?? { input: 0, output: 0 })),
};
