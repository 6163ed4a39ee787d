import { type Caller, rulesOf } from '../call/caller.ts';

/** Whether every level lets this caller use a model, by the name that callers use. */
export const mayUse = (caller: Caller, model: string): boolean =>
  rulesOf(caller).every(({ models }) => !models || models.some((pattern) => matches(pattern, model)));

export const mayDo = (caller: Caller, purpose: string): boolean =>
  rulesOf(caller).every(({ purposes }) => !purposes || purposes.some((allowed) => allowed === purpose));

/** Most tokens of an answer; nothing where no level bounds them. */
export function mostTokens(caller: Caller): number | undefined {
  const bounds = rulesOf(caller).flatMap(({ maxTokens }) => maxTokens ?? []);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}

/** Whether a text has the form of a pattern, in which `*` stands for any text. Never looks back, however many there are. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
