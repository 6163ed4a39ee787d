import type { Level } from '../../accounting/limits/rates.ts';
import { isRuled, ownRules, type RuledCaller } from '../../call/caller.ts';
import { ORGANIZATION } from '../../call/virtual-key.ts';
import { defined } from '../../chat/defined.ts';
import type { RateLeft } from '../../dialects/rates.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { levelsOf } from '../admit.ts';
import { getEndpoint } from '../endpoint.ts';

/** What the caller, or its key, is and may do, and what remains of its limits at each level. */
export const ownKey = getEndpoint(['/v1/key', '/key'], async ({ caller }, { rates, checkOwnReads }) => {
  checkOwnReads(caller);
  // The master key has no rules and never expires.
  if (!isRuled(caller)) return jsonOutgoing(200, { object: 'key', id: caller.type, name: caller.type, levels: [] });
  const places = placesOf(caller);
  const left = await Promise.all(
    levelsOf(caller).map((level) => (hasLimits(level) ? rates.remaining(level) : undefined)),
  );
  return jsonOutgoing(200, {
    object: 'key',
    id: caller.id,
    name: caller.name,
    ...describe(caller),
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

function describe(caller: RuledCaller) {
  if (caller.type === 'key') {
    const { owner, group, tags, expiresAt, createdAt } = caller.key;
    return { ...defined({ owner, group, tags, expiresAt }), createdAt };
  }
  const { owner, expiresAt } = caller.identity;
  const group = caller.groups.find(({ id }) => id !== ORGANIZATION)?.id;
  return defined({ owner, group, expiresAt });
}

const hasLimits = ({ limits }: Level): boolean => Object.keys(limits).length > 0;

/** In the order of `levelsOf`. */
const placesOf = (caller: RuledCaller) => [
  { level: caller.type, id: caller.id, rules: ownRules(caller) },
  ...caller.groups.map(({ id, rules }) => ({ level: id === ORGANIZATION ? 'organization' : 'group', id, rules })),
];

/** What remains is null while the table is away. */
function shown(limit: number | undefined, left: RateLeft | undefined) {
  if (limit === undefined) return undefined;
  return { limit, remaining: left?.remaining ?? null, resetSeconds: left ? left.resetMs / 1000 : null };
}
