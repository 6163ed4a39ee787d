import type { Time } from './time.ts';

export interface Deadline {
  /** Aborted when the time is over or the parent is aborted; its reason is an error to end the work with. */
  signal: AbortSignal;
  /** Must be called when the work is done: on Lambda a timer left behind fires in a later request. */
  clear(): void;
}

interface Bounds {
  /** Ends the work too; its reason is passed on, unless `parentError` gives another. */
  parent: AbortSignal;
  parentError?: () => Error;
  ms: number;
  /** The reason of the signal where the time is over. */
  error: () => Error;
}

/** A signal that ends work after so many milliseconds, or earlier with its parent. */
export function startDeadline({ parent, parentError, ms, error }: Bounds, time: Pick<Time, 'after'>): Deadline {
  const controller = new AbortController();
  const end = (): void => controller.abort(error());
  const timer = ms > 0 ? time.after(ms, end) : undefined;
  const follow = (): void => controller.abort(parentError ? parentError() : parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  // Without time left nothing is begun, not even for a moment.
  if (!timer) end();
  return {
    signal: controller.signal,
    clear() {
      timer?.clear();
      parent.removeEventListener('abort', follow);
    },
  };
}

/** What the work gives; fails with the signal's reason where that is aborted first. The work itself goes on. */
export function unlessAborted<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      signal.removeEventListener('abort', leave);
      reject(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave);
    work.then(
      (answer) => {
        signal.removeEventListener('abort', leave);
        resolve(answer);
      },
      (thrown) => {
        signal.removeEventListener('abort', leave);
        reject(thrown);
      },
    );
  });
}

/** What the work gives, or nothing where it takes longer than that. The work itself goes on. */
export async function within<Answer>(
  work: Promise<Answer>,
  ms: number,
  time: Pick<Time, 'after'>,
): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = time.after(ms, () => resolve(undefined));
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.clear();
  }
}

/** Whether work that never fails is done within so many milliseconds. The work itself goes on. */
export function isDoneWithin(work: Promise<unknown>, ms: number, time: Pick<Time, 'after'>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = time.after(ms, () => resolve(false));
    work.then(() => {
      timer.clear();
      resolve(true);
    });
  });
}
