import { OpenAPIHono } from '@hono/zod-openapi';
import type { Actor } from './sign-in.ts';
import { invalid } from './wire.ts';

/** What every route knows of its request beside what it validated. */
export interface AdminEnv {
  Bindings: { actor: Actor; requestId: string; signal: AbortSignal };
}

export type AdminApp = OpenAPIHono<AdminEnv>;

/** Routes whose schemas are checked, documented and typed at once; what does not fit them is refused with 400. */
export function createApp(): AdminApp {
  return new OpenAPIHono<AdminEnv>({
    defaultHook(result) {
      if (!result.success) throw invalid(result.error, result.target);
    },
  });
}

/** Who asks, for the audit entry of a change. */
export const askingOf = ({ actor, requestId }: AdminEnv['Bindings']) => ({ actor: actor.id, requestId });
