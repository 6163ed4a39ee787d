import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Invocation } from './invocation.ts';
import { startRuntimeApi } from './runtime-api.ts';
import { runtimeClient } from './runtime-client.ts';

/** One execution environment: a process under AWS's runtime client, frozen between events and replaced when it dies. */
export interface Sandbox {
  /** Gives the event to the running process, or starts one: an invocation is cold when its `pid` is new. */
  invoke(event: unknown, timeoutMs?: number): Invocation;
  /** All that the processes have printed. */
  output(): string;
  /** How many referenced timers the idle process has armed. */
  armedTimers(): Promise<number>;
  stop(): Promise<void>;
}

/** As bought from Lambda: the heap is bounded by it, so that hoarding shows. */
const memoryMegabytes = 256;

export async function startSandbox(bundle: string, environment: Record<string, string>): Promise<Sandbox> {
  let child: ChildProcess | undefined;
  let printed = '';

  const api = await startRuntimeApi({
    pid: () => child?.pid ?? 0,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    kill: () => child?.kill('SIGKILL'),
  });

  // A frozen process hears nothing of its parent's end.
  const killOnExit = () => child?.kill('SIGKILL');
  process.once('exit', killOnExit);

  const start = () => {
    const started = spawn(process.execPath, [...nodeFlags, runtimeClient], {
      cwd: bundle,
      env: { ...lambdaEnvironment(bundle), ...environment, AWS_LAMBDA_RUNTIME_API: api.address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    started.on('exit', (code, signal) => {
      if (child === started) child = undefined;
      api.abandon(`The function's process died (${signal ?? code}); it printed:\n${printed.slice(-2_000)}`);
    });
    return started;
  };

  return {
    invoke(event, timeoutMs = 10_000) {
      const invocation = api.invoke(event, timeoutMs);
      child ??= start();
      return invocation;
    },
    output: () => printed,
    async armedTimers() {
      const before = printed.length;
      child?.kill('SIGCONT');
      child?.kill('SIGUSR2');
      for (let tries = 0; tries < 100; tries += 1) {
        const count = /armed timers: (\d+)/.exec(printed.slice(before))?.[1];
        if (count !== undefined) {
          child?.kill('SIGSTOP');
          return Number(count);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error('The process did not say which timers it has armed.');
    },
    async stop() {
      process.off('exit', killOnExit);
      if (child) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      api.close();
    },
  };
}

/** The flags of Lambda's own bootstrap, and a witness of what must not happen. */
const nodeFlags = [
  `--max-old-space-size=${Math.floor(memoryMegabytes * 0.9)}`,
  `--max-semi-space-size=${Math.floor(memoryMegabytes * 0.05)}`,
  '--max-http-header-size=81920',
  '--import',
  join(import.meta.dirname, 'witness.mjs'),
];

/** Nothing of this machine's environment comes along, as nothing does on Lambda. */
function lambdaEnvironment(bundle: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: bundle,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'sluice',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/sluice',
    AWS_LAMBDA_LOG_STREAM_NAME: 'test',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
  };
}
