import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { masterKey, providerKey, type Stage, startStage } from './stage.ts';

/**
 * One stage for all tests of a file. After each of them nothing may be left behind: no unhandled rejection, no
 * error that only the runtime client saw, no key in the log, no call to the table still open, no request open at the
 * provider.
 */
export function useStage(): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    Object.assign(stage, await startStage());
  });
  let printedBefore = 0;
  beforeEach(() => {
    printedBefore = stage.sandbox.output().length;
  });
  afterEach(async () => {
    const printed = stage.sandbox.output().slice(printedBefore);
    expect(printed).not.toMatch(/unhandled|Invoke Error|MaxListenersExceeded|Streaming handlers ignore/i);
    for (const secret of [masterKey, providerKey]) expect(printed).not.toContain(secret);
    expect(stage.table.unansweredCalls()).toBe(0);
    await expect.poll(() => stage.provider.openRequests()).toBe(0);
  });
  afterAll(() => stage.close?.());
  return stage;
}
