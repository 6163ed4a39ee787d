import { estimateTokens, type Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { KeptDialect } from '../../dialect.ts';
import { pathSegment } from '../../model-path.ts';
import { isPending } from '../names.ts';
import { readUsage } from '../usage.ts';

/** Kept responses. @see https://platform.openai.com/docs/api-reference/responses/get */
export const kept: KeptDialect = {
  path: (id, part) => `/responses/${pathSegment(id)}${part === undefined ? '' : `/${part}`}`,
  usageOf: (body) => (isPending(body) ? undefined : (readUsage(body.usage) ?? estimated(body))),
};

/** One that failed or was cancelled may say nothing of what it used. */
function estimated({ output }: JsonObject): Usage {
  const said = Array.isArray(output) && output.length > 0 ? Buffer.byteLength(JSON.stringify(output)) : 0;
  return { input: 0, output: estimateTokens(said), estimated: true };
}
