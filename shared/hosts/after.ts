/** Work to be done when a run is over. A task that fails keeps no other from being done. */
export interface AfterTasks {
  /** A task that is added when the others have run is done at once. */
  add: (task: () => void | Promise<void>) => void;
  /** Does every task once, however often it is called. */
  run: () => Promise<void>;
}

export function afterTasks(failed: (cause: unknown) => void): AfterTasks {
  const tasks: (() => void | Promise<void>)[] = [];
  let isOver = false;

  async function run(): Promise<void> {
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      try {
        await task();
      } catch (cause) {
        failed(cause);
      }
    }
    isOver = true;
  }

  return {
    add(task) {
      tasks.push(task);
      if (isOver) void run();
    },
    run,
  };
}
