/**
 * Whether a piece of JSON occurs anywhere in a value: all that the piece says, and perhaps more beside it. A pattern in it
 * stands for whatever has it in its text.
 */
export function occurs(piece: unknown, value: unknown): boolean {
  if (fits(piece, value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => occurs(piece, inner));
}

function fits(piece: unknown, value: unknown): boolean {
  if (piece instanceof RegExp) return piece.test(typeof value === 'string' ? value : JSON.stringify(value ?? null));
  if (typeof piece !== 'object' || piece === null) return piece === value;
  if (typeof value !== 'object' || value === null || Array.isArray(piece) !== Array.isArray(value)) return false;
  return Object.entries(piece).every(([name, inner]) => fits(inner, (value as Record<string, unknown>)[name]));
}
