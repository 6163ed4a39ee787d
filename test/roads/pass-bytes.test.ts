import { expect, test } from 'vitest';
import { GatewayError, isRefusal } from '../../shared/errors.ts';
import { passBytes } from '../../shared/roads/pass-bytes.ts';
import { callOf } from '../support/calls.ts';
import { streamOf } from '../support/streams.ts';
import { targetOf } from '../support/targets.ts';

const broken = new GatewayError('upstream', 'It broke.');

async function pass(...pieces: (string | Error)[]) {
  const { call, account, written } = await callOf();
  const attempt = call.account.open(targetOf('p/real'));
  const seen: string[] = [];
  let begun = 0;
  const body = streamOf<Uint8Array>(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  const reply = {
    body,
    begun() {
      begun += 1;
    },
  };
  const passed = await passBytes(reply, attempt, (bytes) => void seen.push(Buffer.from(bytes).toString()));
  return { passed, attempt, seen, begun: () => begun, account, written };
}

test('the pieces pass as they come, each is seen, and the attempt is over at their end', async () => {
  const { passed, seen, begun, account, written } = await pass('a', 'b', 'c');
  if (isRefusal(passed)) throw passed.refusal;
  expect([seen, begun()]).toEqual([[], 1]);
  const pieces: string[] = [];
  for await (const piece of passed) pieces.push(Buffer.from(piece).toString());
  expect([pieces, seen]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
  await account.settle();
  expect(written[0]).not.toHaveProperty('error');
  expect(written[0]?.usage).toMatchObject({ estimated: true });
});

test('where nothing comes it is a refusal, so that another target can be asked', async () => {
  expect((await pass()).passed).toMatchObject({ refusal: { kind: 'upstream', message: /empty/ } });
  expect((await pass(broken)).passed).toEqual({ refusal: broken });
});

test('a break later on is thrown, and ends the attempt with it', async () => {
  const { passed, account, written } = await pass('a', broken);
  if (isRefusal(passed)) throw passed.refusal;
  expect(Buffer.from((await passed.next()).value as Uint8Array).toString()).toBe('a');
  await expect(passed.next()).rejects.toBe(broken);
  await account.settle();
  expect(written[0]).toMatchObject({ attempts: [{ error: 'upstream' }] });
});

test('a reader who leaves ends the source', async () => {
  const { passed, account, written } = await pass('a', 'b');
  if (isRefusal(passed)) throw passed.refusal;
  await passed.next();
  await passed.return(undefined);
  expect(await passed.next()).toMatchObject({ done: true });
  await account.settle();
  expect(written[0]?.attempts).toHaveLength(1);
});

test('no answer is endless', async () => {
  const { call } = await callOf();
  const megabyte = Buffer.alloc(1_000_000);
  const body = streamOf<Uint8Array>(Array.from({ length: 250 }, () => megabyte));
  const passed = await passBytes({ body }, call.account.open(targetOf('p/real')), () => {});
  if (isRefusal(passed)) throw passed.refusal;
  let length = 0;
  const read = async (): Promise<void> => {
    for await (const piece of passed) length += piece.byteLength;
  };
  await expect(read()).rejects.toThrow('more than 200000000 bytes');
  expect(length).toBe(200_000_000);
});
