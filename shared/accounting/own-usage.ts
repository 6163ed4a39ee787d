import { tryParseJson } from '../http/json.ts';
import type { AttemptLine } from './record.ts';

/** What is read of a record to sum it. */
export interface SummedRecord {
  askedModel: string;
  error?: string | undefined;
  /** The attempts as JSON. */
  lines: string;
}

export interface UsageSums {
  requests: number;
  /** Requests that ended with an error. */
  errors: number;
  tokens: Record<(typeof tokenKinds)[number], number>;
}

export interface UsageByModel {
  /** By the name of the model that was asked for. */
  models: ReadonlyMap<string, UsageSums>;
  total: UsageSums;
}

export interface OwnUsage extends UsageByModel {
  /** False where there was more than may be read at once. */
  isComplete: boolean;
}

/** The records of one caller on some days (`2026-11-21`). Fails where the table is away. */
export interface OwnUsageReader {
  read(caller: string, days: readonly string[]): Promise<OwnUsage>;
}

const tokenKinds = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'] as const;
/** A caller may name any model it likes. */
const MOST_MODELS = 1_000;
const OTHERS = '(others)';

/** Sums records by model, without keeping them. Tokens are those of all attempts of a request. */
export function sumByModel(): {
  add(record: SummedRecord): void;
  /** Adds what was summed elsewhere. */
  addSums(sums: UsageByModel): void;
  sums(): UsageByModel;
} {
  const models = new Map<string, UsageSums>();
  const total = nothing();

  function sumsOf(model: string): UsageSums {
    const known = models.get(model);
    if (known) return known;
    if (models.size >= MOST_MODELS && model !== OTHERS) return sumsOf(OTHERS);
    const sums = nothing();
    models.set(model, sums);
    return sums;
  }

  return {
    add({ askedModel, error, lines }) {
      const attempts = (tryParseJson(lines) ?? []) as AttemptLine[];
      for (const sums of [sumsOf(askedModel), total]) {
        sums.requests += 1;
        if (error !== undefined) sums.errors += 1;
        for (const { usage } of attempts) for (const kind of tokenKinds) sums.tokens[kind] += usage?.[kind] ?? 0;
      }
    },
    addSums(other) {
      addTo(total, other.total);
      for (const [model, sums] of other.models) addTo(sumsOf(model), sums);
    },
    sums: () => ({ models, total }),
  };
}

function addTo(sums: UsageSums, { requests, errors, tokens }: UsageSums): void {
  sums.requests += requests;
  sums.errors += errors;
  for (const kind of tokenKinds) sums.tokens[kind] += tokens[kind];
}

const nothing = (): UsageSums => ({
  requests: 0,
  errors: 0,
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
});
