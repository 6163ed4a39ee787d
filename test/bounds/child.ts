/** A gateway in a process of its own, on node's HTTP, that measures itself. Its configuration comes as a message. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { localPlace } from '../../infra/local/table.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { openTable } from '../../shared/aws/table.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { serve } from '../../shared/hosts/node.ts';
import type { Measured } from './gateway-process.ts';

const delay = monitorEventLoopDelay({ resolution: 10 });

/** Between two ticks of a timer, when nothing blocks: the loop's own work in between adds at most so much. */
const TICK_MS = 2;
let busyMs = 0;
/** On a machine that others use too, a delay says little: this is what the loop itself spent its processor time on. */
function watchBusy(): void {
  let last = process.threadCpuUsage();
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    busyMs = Math.max(busyMs, (user + system) / 1000);
  }, TICK_MS).unref();
}
let records = 0;

async function start(definition: object): Promise<void> {
  const catalog = loadCatalog(definition);
  const log = { warn: () => {}, error: (...what: unknown[]) => console.error(...what) };
  const ports = createPorts({
    catalog,
    log,
    // The master key needs no table: nothing is asked there.
    table: openTable('none', localPlace('http://127.0.0.1:9')),
    secrets: { masterKeys: async () => [process.env.KEY ?? ''], providerKey: async (name) => `key-of-${name}` },
    records: { report: countRecord, write: async () => {} },
  });
  const { bodyBytes } = catalog.config.limits;
  const server = await serve(createGateway(ports), { port: 0, host: '127.0.0.1', bodyBytes, log });
  process.send?.({ url: server.url });
}

function countRecord(): void {
  records += 1;
}

/** Most memory of this process in MB; `maxRSS` has its parent's in it, from before the fork. */
function mostMemory(): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
  } catch {
    // No /proc: not Linux.
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}

process.on('message', (message: { definition?: object; measure?: 'begin' | 'end' }) => {
  if (message.definition) void start(message.definition);
  if (message.measure === 'begin') {
    delay.enable();
    delay.reset();
    watchBusy();
  }
  if (message.measure !== 'end') return;
  const measured: Measured = {
    rssMb: mostMemory(),
    blockedMs: Math.round(delay.max / 1e6),
    busyMs: Math.round(busyMs),
    records,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
  process.send?.({ measured });
});
