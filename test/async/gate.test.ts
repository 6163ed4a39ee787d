import { expect, test } from 'vitest';
import { createGate } from '../../shared/async/gate.ts';

/** Works that begin when they are let in and end when they are told to. */
function works(atOnce: number) {
  const gate = createGate(atOnce);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const enter = (name: string, signal?: AbortSignal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    const work = (): Promise<string> => {
      begun.push(name);
      return end.promise;
    };
    return gate.pass(work, signal);
  };
  return { begun, enter, end: (name: string) => ends.get(name)! };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('works beyond the number that may run wait, in the order they came', async () => {
  const { begun, enter, end } = works(2);
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => enter(name)));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  end('b').resolve('B');
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c', 'd']) end(name).resolve(name.toUpperCase());
  expect(await all).toEqual(['A', 'B', 'C', 'D']);
});

test('a work that fails lets the next one in', async () => {
  const { begun, enter, end } = works(1);
  const failing = enter('a');
  const next = enter('b');
  end('a').reject(new Error('broken'));
  await expect(failing).rejects.toThrow('broken');
  end('b').resolve('B');
  expect(await next).toBe('B');
  expect(begun).toEqual(['a', 'b']);
});

test('who gives up while waiting is not let in, and takes no place from others', async () => {
  const { begun, enter, end } = works(1);
  const first = enter('a');
  const { signal, abort } = abortable();
  const leaving = enter('b', signal);
  const last = enter('c', new AbortController().signal);
  abort(new Error('left'));
  await expect(leaving).rejects.toThrow('left');
  end('a').resolve('A');
  end('c').resolve('C');
  expect([await first, await last]).toEqual(['A', 'C']);
  expect(begun).toEqual(['a', 'c']);
  await expect(enter('d', signal)).rejects.toThrow('left');
  expect(begun).toEqual(['a', 'c']);
});

test('a work that runs is not given up, and one that was let in frees its place once', async () => {
  const { begun, enter, end } = works(1);
  const { signal, abort } = abortable();
  const first = enter('a', signal);
  const second = enter('b');
  abort(new Error('left'));
  end('a').resolve('A');
  end('b').resolve('B');
  expect([await first, await second]).toEqual(['A', 'B']);
  const third = enter('c');
  enter('d');
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('c').resolve('C');
  expect(await third).toBe('C');
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) };
}
