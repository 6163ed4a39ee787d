import type { Level } from '../../accounting/limits/rates.ts';
import type { KeyCaller } from '../../call/caller.ts';
import { ORGANIZATION } from '../../call/virtual-key.ts';
import { defined } from '../../chat/defined.ts';
import type { RateLeft } from '../../dialects/rates.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { levelsOf } from '../admit.ts';
import { getEndpoint } from '../endpoint.ts';

/** What the caller's key is and may do, and what remains of its limits at each level. */
export const ownKey = getEndpoint(['/v1/key', '/key'], async ({ caller }, { rates }) => {
  // The master key has no rules and never expires.
  if (caller.type !== 'key')
    return jsonOutgoing(200, { object: 'key', id: caller.type, name: caller.type, levels: [] });
  const { key } = caller;
  const places = placesOf(caller);
  const left = await Promise.all(
    levelsOf(caller).map((level) => (hasLimits(level) ? rates.remaining(level) : undefined)),
  );
  return jsonOutgoing(200, {
    object: 'key',
    id: key.id,
    name: key.name,
    ...defined({ owner: key.owner, group: key.group, tags: key.tags, expiresAt: key.expiresAt }),
    createdAt: key.createdAt,
    levels: places.map(({ level, id, rules = {} }, at) => {
      const { limits = {}, ...others } = rules;
      const report = left[at];
      return {
        level,
        id,
        rules: others,
        limits: defined({
          rpm: shown(limits.rpm, report?.requests),
          tpm: shown(limits.tpm, report?.tokens),
          concurrency: shown(limits.concurrency, report?.concurrency),
        }),
      };
    }),
  });
});

const hasLimits = ({ limits }: Level): boolean => Object.keys(limits).length > 0;

/** In the order of `levelsOf`. */
const placesOf = ({ key, groups }: KeyCaller) => [
  { level: 'key', id: key.id, rules: key.rules },
  ...groups.map(({ id, rules }) => ({ level: id === ORGANIZATION ? 'organization' : 'group', id, rules })),
];

/** What remains is null while the table is away. */
function shown(limit: number | undefined, left: RateLeft | undefined) {
  if (limit === undefined) return undefined;
  return { limit, remaining: left?.remaining ?? null, resetSeconds: left ? left.resetMs / 1000 : null };
}
