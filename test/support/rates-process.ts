import { localPlace } from '../../infra/local/table.ts';
import { createRates, type Level, type Reservation } from '../../shared/accounting/limits/rates.ts';
import { systemTime } from '../../shared/async/time.ts';
import { createScopes } from '../../shared/aws/scopes.ts';
import { openTable } from '../../shared/aws/table.ts';

/** What a process of its own is asked by the test that started it. */
export interface Question {
  levels: readonly Level[];
  count: number;
}

export interface Reply {
  begun: number;
  refused: number;
}

/** A process that makes reservations at a time that stands still, and holds them until it is killed. */
const [url, name, now] = process.argv.slice(2) as [string, string, string];
const time = { ...systemTime, now: () => Number(now) };
const table = openTable(name, localPlace(url));
const rates = createRates({
  scopes: createScopes(table, time),
  time,
  log: { warn: (message) => console.error(message) },
  // However busy the machine is, a table that answers at all is waited for.
  tableMs: 10_000,
});
let ids = 0;

process.on('message', async ({ levels, count }: Question) => {
  const reservations = await Promise.all(
    Array.from({ length: count }, (): Promise<Reservation> => {
      const id = `p${process.pid}x${++ids}`;
      return rates.reserve(levels, { id, input: 0, output: 0, until: time.now() + 900_000 });
    }),
  );
  const refused = reservations.filter((reservation) => reservation.refused).length;
  process.send!({ begun: count - refused, refused } satisfies Reply);
});
process.send!('ready');
