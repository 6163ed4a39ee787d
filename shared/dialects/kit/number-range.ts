import * as z from 'zod';

/**
 * What is wrong with a number, as a sentence that names what is permitted: `expected a whole number from 1 to 128, but got 1e400`.
 * Nothing where the field is no number, or the value is of another type altogether.
 */
export function numberProblem(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string | undefined {
  const number = numberAt(schema, path);
  const given = number && numberText(valueAt(value, path));
  return given === undefined ? undefined : `expected ${permitted(number!)}, but got ${given}`;
}

function permitted(number: z.ZodNumber): string {
  const { minValue, maxValue, format } = number;
  const isWhole = format === 'safeint' || number.isInt;
  const [least, most] = [bound(minValue), bound(maxValue)];
  const range =
    least === undefined
      ? most === undefined
        ? 'that is not infinite'
        : `of at most ${most}`
      : most === undefined
        ? `of at least ${least}`
        : `from ${least} to ${most}`;
  return `a ${isWhole ? 'whole number' : 'number'} ${range}`;
}

const bound = (value: number | null): number | undefined =>
  value !== null && Number.isFinite(value) ? value : undefined;

/** A number as it was written, as far as that is known. Integers beyond 2^53 are kept as their text. */
function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'one that is too large';
  if (typeof value !== 'object' || value === null || !('rawJSON' in value)) return undefined;
  const text = String(value.rawJSON);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Whether a number stands at a path, also one that is kept as its text and thereby an object. */
export const isNumberAt = (value: unknown, path: readonly PropertyKey[]): boolean =>
  numberText(valueAt(value, path)) !== undefined;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], value);

/** The schema of the number at a path: of a union, the first form that has one there. */
function numberAt(schema: unknown, path: readonly PropertyKey[]): z.ZodNumber | undefined {
  const at = bare(schema);
  if (at instanceof z.ZodUnion) {
    for (const option of at.options) {
      const found = numberAt(option, path);
      if (found) return found;
    }
    return undefined;
  }
  const [step, ...rest] = path;
  if (step === undefined) return at instanceof z.ZodNumber ? at : undefined;
  if (at instanceof z.ZodObject) return numberAt(at.shape[String(step)], rest);
  if (at instanceof z.ZodRecord) return numberAt(at.valueType, rest);
  return at instanceof z.ZodArray ? numberAt(at.element, rest) : undefined;
}

function bare(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  return inner;
}
