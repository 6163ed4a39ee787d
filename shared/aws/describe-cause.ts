/** A cause as text for the log: an error object of an SDK holds the whole request, headers and all. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause === undefined ? '' : ` ← ${describeCause(cause.cause)}`;
  const place = cause.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${cause.name}: ${cause.message}${place ? ` (${place.trim()})` : ''}${inner}`;
}
