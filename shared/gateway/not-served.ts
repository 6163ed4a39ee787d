import { GatewayError } from '../errors.ts';

/** What vendors keep for an account, or run later on in its name. */
const ofAnAccount =
  /^\/(?:anthropic\/)?(?:v1\/)?((?:messages\/)?batches|files|uploads|vector_stores|assistants|threads|fine_tuning|containers|evals)(?:\/|$)/;

/** The error for a path that nothing is served at; it says why where the path is one that clients know. */
export function notServed(path: string): GatewayError {
  const shown = path.slice(0, 200);
  const kept = ofAnAccount.exec(path)?.[1];
  const message =
    kept === undefined
      ? `Unknown request URL: ${shown}. GET / lists what is served.`
      : `Not served here: ${shown}. All callers share one key of the provider, so its ${kept} would show every team the data of all others, and run outside of their limits.`;
  return new GatewayError('not_found', message);
}
