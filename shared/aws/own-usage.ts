import * as z from 'zod';
import { type OwnUsageReader, type SummedRecord, sumByModel, type UsageByModel } from '../accounting/own-usage.ts';
import { createLru } from '../async/lru.ts';
import type { Time } from '../async/time.ts';
import { fromItem } from './attributes.ts';
import type { Table } from './table.ts';
import { usagePages } from './usage-items.ts';

/** Shards that are read at the same time. */
const AT_ONCE = 16;
/**
 * Days are not ordered by caller: a page of 1 MB is read, and paid, with the records of all callers. So a question costs at most this
 * many pages (a month has 992 partitions), and a day is read once in half a minute, a day that is over once in an hour.
 */
const MOST_PAGES = 1_500;
const MOST_MS = 10_000;
const TODAY_MS = 30_000;
const OVER_MS = 3_600_000;
/** A record stands under the day on which its request began, and is written when it ends. */
const LATEST_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Callers choose days and names of models as they like: what is remembered of them is bounded. */
const MOST_DAYS = 5_000;
const MOST_BYTES = 8_000_000;
const BYTES_A_MODEL = 400;

const record = z.object({
  askedModel: z.string(),
  error: z.string().optional(),
  lines: z.string().default('[]'),
});

interface Options {
  table: Table;
  /** After that many days records are deleted: older ones are not looked for. */
  retentionDays: number;
  time: Pick<Time, 'now'>;
}

interface Day extends UsageByModel {
  isComplete: boolean;
}

/** What one question may still read. */
interface Budget {
  pages: number;
  until: number;
}

export function createOwnUsage({ table, retentionDays, time }: Options): OwnUsageReader {
  const remembered = createLru<Day>({ maxEntries: MOST_DAYS, maxBytes: MOST_BYTES, time });
  const underWay = new Map<string, Promise<Day>>();
  const fields = Object.keys(record.shape);

  async function sumOf(caller: string, day: string, budget: Budget): Promise<Day> {
    const sum = sumByModel();
    const asked = { day, caller, fields, atOnce: AT_ONCE };
    for await (const pages of usagePages(table, asked)) {
      budget.pages -= pages.length;
      for (const item of pages.flat()) {
        const { data } = record.safeParse(fromItem(item));
        if (data) sum.add(data satisfies SummedRecord);
      }
      if (budget.pages <= 0 || time.now() >= budget.until) return { ...sum.sums(), isComplete: false };
    }
    return { ...sum.sums(), isComplete: true };
  }

  async function dayOf(caller: string, day: string, budget: Budget): Promise<Day> {
    const name = JSON.stringify([caller, day]);
    const known = remembered.get(name) ?? underWay.get(name);
    if (known) return known;
    const reading = sumOf(caller, day, budget).finally(() => underWay.delete(name));
    underWay.set(name, reading);
    const found = await reading;
    const isOver = found.isComplete && time.now() >= Date.parse(day) + DAY_MS + LATEST_MS;
    const until = time.now() + (isOver ? OVER_MS : TODAY_MS);
    remembered.set(name, found, { bytes: (found.models.size + 1) * BYTES_A_MODEL, until });
    return found;
  }

  /** Whether there can be records of it: clocks may differ, and deletion is up to two days late. */
  function mayHaveRecords(day: string): boolean {
    const age = time.now() - Date.parse(day);
    return age > -DAY_MS && age < (retentionDays + 3) * DAY_MS;
  }

  return {
    async read(caller, days) {
      const sum = sumByModel();
      const budget = { pages: MOST_PAGES, until: time.now() + MOST_MS };
      let isComplete = true;
      for (const day of days.filter(mayHaveRecords)) {
        if (budget.pages <= 0 || time.now() >= budget.until) return { ...sum.sums(), isComplete: false };
        const found = await dayOf(caller, day, budget);
        sum.addSums(found);
        isComplete &&= found.isComplete;
      }
      return { ...sum.sums(), isComplete };
    },
  };
}
