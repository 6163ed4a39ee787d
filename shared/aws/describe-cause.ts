import { bounded } from '../log.ts';

/** A message may quote what a caller sent. */
const MOST_CHARACTERS = 1_000;

/** A cause as text for the log: an error object of an SDK holds the whole request, headers and all. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return bounded(String(cause), MOST_CHARACTERS);
  const inner = cause.cause === undefined ? '' : ` ← ${describeCause(cause.cause)}`;
  const place = cause.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${cause.name}: ${bounded(cause.message, MOST_CHARACTERS)}${place ? ` (${place.trim()})` : ''}${inner}`;
}
