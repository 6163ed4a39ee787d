/** Work to be done when a run is over. One failing task keeps no other from being done. */
export interface AfterTasks {
  add: (task: () => void | Promise<void>) => void;
  run: () => Promise<void>;
}

export function afterTasks(failed: (cause: unknown) => void): AfterTasks {
  const tasks: (() => void | Promise<void>)[] = [];
  return {
    add: (task) => void tasks.push(task),
    async run() {
      for (const task of tasks) {
        try {
          await task();
        } catch (cause) {
          failed(cause);
        }
      }
    },
  };
}
