import { defined } from '../chat/defined.ts';
import { headerList } from '../http/header-value.ts';
import type { Answer } from '../roads/answer.ts';

/** Every header of ours that a browser may read. */
export const exposedHeaders = [
  'x-request-id',
  'request-id',
  'x-sluice-dropped',
  'x-sluice-normalized',
  'x-sluice-vision',
  'x-sluice-estimated',
  'x-should-retry',
  'retry-after',
  'retry-after-ms',
] as const;

/** Vendors have names of their own for them: `x-ratelimit-…`, `<vendor>-ratelimit-…`. */
export const isRateHeader = (name: string): boolean => name.includes('-ratelimit-');

/** What was done to a request on its way, as headers of its answer. */
export function reportHeaders({ dropped, changes = {}, vision }: Pick<Answer, 'dropped' | 'changes' | 'vision'>) {
  const counts = Object.entries(changes).map(([change, times]) => `${change}=${times}`);
  return defined({
    'x-sluice-dropped': dropped.length === 0 ? undefined : headerList(dropped),
    'x-sluice-normalized': counts.length === 0 ? undefined : counts.join(','),
    'x-sluice-vision': vision,
  });
}
