/** `npm run test:bounds [-- <words of an attack's name>]`: most memory and longest blocked event loop under each attack. */
import http from 'node:http';
import { ask, type Got } from '../faults/ask.ts';
import { MASTER_KEY } from '../support/rig.ts';
import { type Attack, attacks, startAttacked } from './attacks.ts';
import { type Measured, startGatewayProcess } from './gateway-process.ts';
import { valueAttacks } from './value-attacks.ts';

const MOST_RSS_MB = 256;
const MOST_BLOCKED_MS = 100;
const MOST_MS = 60_000;

const [words = ''] = process.argv.slice(2);
const chosen = [...attacks, ...valueAttacks].filter(({ name }) => name.includes(words));
const width = Math.max(...chosen.map(({ name }) => name.length));
let findings = 0;
console.log(`${'attack'.padEnd(width)}  status      in  max RSS  blocked     busy  records`);
for (const attack of chosen) {
  const { got, measured, problem } = await play(attack);
  const statuses = [...new Set(got.map(({ status }) => status))].join(' ');
  const ms = Math.round(Math.max(0, ...got.map((each) => each.ms)));
  const wrong = problem ? [problem] : problemsOf(attack, got, measured);
  findings += wrong.length;
  const figures = [
    statuses.padStart(6),
    `${ms} ms`.padStart(8),
    `${measured?.rssMb ?? '?'} MB`.padStart(7),
    `${measured?.blockedMs ?? '?'} ms`.padStart(7),
    `${measured?.busyMs ?? '?'} ms`.padStart(7),
    String(measured?.records ?? '?').padStart(7),
  ];
  console.log(`${attack.name.padEnd(width)}  ${figures.join('  ')}  ${wrong.join('; ')}`);
}
console.log(`\n${chosen.length} attacks, ${findings} findings`);
process.exit(findings > 0 ? 1 : 0);

async function play(attack: Attack): Promise<{ got: Got[]; measured?: Measured; problem?: string }> {
  const attacked = await startAttacked(attack);
  const prepared = await attack.prepare?.();
  const definition = { providers: attacked.providers, ...attack.config, ...prepared?.config };
  const gateway = await startGatewayProcess(definition);
  const agent = new http.Agent({ keepAlive: false });
  const given = (prepared?.body ?? attack.body)(attacked.model);
  const body = typeof given === 'string' || given instanceof Buffer ? given : JSON.stringify(given);
  const { path, times = 1, stallsForMs } = attack;
  try {
    if (stallsForMs) await stall(gateway.url + path, body, times, stallsForMs);
    const asking = { url: gateway.url, path, body, mostMs: MOST_MS, agent };
    const got: Got[] = [];
    if (!stallsForMs) for (let time = 0; time < times; time += 1) got.push(await ask(asking));
    return { got, measured: await gateway.measure() };
  } catch (thrown) {
    return { got: [], problem: String(thrown) };
  } finally {
    gateway.stop();
    prepared?.close();
    await attacked.close();
  }
}

/** Callers who ask, read nothing, and leave after so long. */
async function stall(url: string, body: string | Buffer, times: number, forMs: number): Promise<void> {
  const requests = Array.from({ length: times }, () => {
    const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
    const request = http.request(url, { method: 'POST', agent: false, headers });
    request.on('response', (response) => response.pause());
    request.on('error', () => {});
    request.end(body);
    return request;
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  for (const request of requests) request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 500));
}

function problemsOf({ times = 1 }: Attack, got: readonly Got[], measured: Measured | undefined): string[] {
  if (!measured) return ['nothing was measured'];
  const problems = got.flatMap(({ failure }) => (failure ? [failure] : []));
  if (measured.rssMb > MOST_RSS_MB) problems.push(`more than ${MOST_RSS_MB} MB`);
  // On a busy machine a delay alone says nothing of the gateway.
  if (Math.min(measured.blockedMs, measured.busyMs) > MOST_BLOCKED_MS)
    problems.push(`blocked for more than ${MOST_BLOCKED_MS} ms`);
  if (measured.records !== times) problems.push(`${measured.records} records of ${times} requests`);
  return [...new Set(problems)];
}
