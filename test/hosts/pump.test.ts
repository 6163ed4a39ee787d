import { describe, expect, test } from 'vitest';
import { sleep, type Time } from '../../shared/async/time.ts';
import { pump } from '../../shared/hosts/pump.ts';

/** A clock that the test moves, and a sink that keeps what it is given. */
function bench() {
  let now = 0;
  const timers = new Set<{ at: number; everyMs: number | undefined; task: () => void }>();
  const start = (ms: number, task: () => void, everyMs?: number) => {
    const timer = { at: now + ms, everyMs, task };
    timers.add(timer);
    const refresh = (): void => {
      timer.at = now + ms;
    };
    return { clear: () => void timers.delete(timer), refresh };
  };
  const after = (ms: number, task: () => void) => start(ms, task);
  const time: Time = {
    now: () => now,
    after,
    every: (ms, task) => start(ms, task, ms),
    sleep: (ms, signal) => sleep({ after }, ms, signal),
    random: () => 0,
  };
  const written: string[] = [];
  let drain = Promise.withResolvers<void>();
  const sink = {
    isSlow: false,
    isGone: false,
    write(bytes: Uint8Array) {
      written.push(Buffer.from(bytes).toString());
      return !sink.isSlow;
    },
    drained: () => drain.promise,
    gone: () => sink.isGone,
    cut() {
      sink.isGone = true;
    },
  };
  return {
    time,
    timers,
    written,
    sink,
    drain() {
      drain.resolve();
      drain = Promise.withResolvers<void>();
    },
    async pass(ms: number) {
      await settled();
      now += ms;
      for (const timer of [...timers]) {
        while (timers.has(timer) && timer.at <= now) {
          if (timer.everyMs === undefined) timers.delete(timer);
          else timer.at += timer.everyMs;
          timer.task();
        }
      }
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A body whose pieces the test hands over one by one. */
function handedOver() {
  let returned = 0;
  let next = Promise.withResolvers<IteratorResult<Uint8Array, undefined>>();
  const give = (result: IteratorResult<Uint8Array, undefined>): void => {
    const given = next;
    next = Promise.withResolvers();
    given.resolve(result);
  };
  return {
    give: (text: string) => give({ done: false, value: Buffer.from(text) }),
    end: () => give({ done: true, value: undefined }),
    returned: () => returned,
    [Symbol.asyncIterator]: () => ({
      next: () => next.promise,
      async return() {
        returned += 1;
        return { done: true as const, value: undefined };
      },
    }),
  };
}

const keepAlive = { bytes: Buffer.from(':'), everyMs: 15 };

describe('pumping a body', () => {
  test('a keep-alive is written after each silence, never before the first piece', async () => {
    const { time, written, sink, pass, timers } = bench();
    const body = handedOver();
    const pumped = pump(body, sink, { time, stalledMs: 100, keepAlive });
    await pass(50);
    expect(written).toEqual([]);
    body.give('a');
    await pass(14);
    body.give('b');
    await pass(14);
    expect(written).toEqual(['a', 'b']);
    await pass(16);
    expect(written).toEqual(['a', 'b', ':', ':']);
    await settled();
    body.end();
    await pumped;
    expect(timers.size).toBe(0);
  });

  test('a slow reader is waited for without keep-alives, up to a bound in all', async () => {
    const { time, written, sink, pass, drain, timers } = bench();
    const body = handedOver();
    const pumped = pump(body, sink, { time, stalledMs: 100, keepAlive });
    sink.isSlow = true;
    for (const text of ['a', 'b']) {
      await settled();
      body.give(text);
      await pass(40);
      drain();
    }
    await settled();
    body.give('c');
    await pass(19);
    expect(sink.isGone).toBe(false);
    await pass(1);
    await pumped;
    expect(sink.isGone).toBe(true);
    expect(written).toEqual(['a', 'b', 'c']);
    expect(body.returned()).toBe(1);
    expect(timers.size).toBe(0);
  });

  test('a reader who has gone ends the body, and gets nothing more', async () => {
    const { time, written, sink } = bench();
    const body = handedOver();
    const pumped = pump(body, sink, { time, stalledMs: 100 });
    await settled();
    body.give('a');
    await settled();
    sink.isGone = true;
    body.give('b');
    await pumped;
    expect([written, body.returned()]).toEqual([['a'], 1]);
  });
});
