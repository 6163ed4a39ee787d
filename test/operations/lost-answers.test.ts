import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createKeys } from '../../shared/aws/keys.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

/** The table makes a write, and its answer is lost: the SDK sends it again, and its condition then meets its own change. */
let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

/** Loses the answer of the write of this number, from now on. Reports whether it came to that. */
function loseAnswer(number: number): () => boolean {
  let writes = 0;
  const { middlewareStack } = rig.local.table.client;
  middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (!/^(?:Put|Update|Delete)Item/.test(String(context.commandName))) return answer;
      writes += 1;
      if (writes === number) throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
      return answer;
    },
    { step: 'deserialize', name: 'losing' },
  );
  return () => {
    middlewareStack.remove('losing');
    return writes > number;
  };
}

const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

test.each(numbers)(
  'the %i. lost answer changes nothing in what is made, changed, rotated and revoked',
  async (number) => {
    const steps = async (path: string, body: unknown, method = 'POST') => {
      const sentAgain = loseAnswer(number);
      const { status, body: answer } = await rig.call(method, path, body);
      return { status, answer, again: sentAgain() };
    };
    const made = await steps('/keys', { name: 'x' });
    expect(made.status).toBe(201);
    const { id, key } = made.answer;
    const changed = await steps(`/keys/${id}`, { name: 'y' }, 'PATCH');
    expect([changed.status, changed.answer.version]).toEqual([200, 2]);
    const rotated = await steps(`/keys/${id}/rotate`, {});
    expect([rotated.status, rotated.answer.version]).toEqual([200, 3]);
    const keys = createKeys({ table: rig.local.table, time: systemTime, log: { warn: () => {} } });
    for (const text of [key, rotated.answer.key])
      expect(await keys.find(createHash('sha256').update(text).digest('hex'))).toMatchObject({ id, name: 'y' });
    const revoked = await steps(`/keys/${id}/revoke`, undefined);
    expect([revoked.status, revoked.answer.revoked, revoked.answer.version]).toEqual([200, true, 4]);
    const { body: audit } = await rig.call('GET', '/audit?limit=100');
    const actions = audit.data.filter(({ subject }: { subject: string }) => subject === id);
    expect(actions.map(({ action }: { action: string }) => action)).toEqual([
      'key.revoke',
      'key.rotate',
      'key.change',
      'key.create',
    ]);
    // Rotating writes most: each number meets a write of it.
    expect(rotated.again).toBe(true);
  },
);
