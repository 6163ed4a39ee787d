import type { ClientPath } from './paths.ts';

/** What is not checked. */
export interface Allowed {
  /** What is in the answer: a provider's own bytes passed, odd as they were. */
  loose: boolean;
  /** Characters that are none: the provider sent such. */
  hasBadText: boolean;
  /** A stream whose bytes pass may end with the finish, without the last event that should follow it. */
  finishEnds?: boolean;
}

/** Notes a problem where a claim is not right, and gives the claim back. */
export type Check = (isRight: boolean, problem: string) => boolean;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function checkError(client: ClientPath['name'], value: unknown, check: Check): void {
  if (!check(isObject(value) && isObject(value.error), 'an error without `error`')) return;
  const { error, type } = value as { error: Record<string, unknown>; type?: unknown };
  check(typeof error.message === 'string' && error.message !== '', 'an error without a message');
  if (client === 'gemini') {
    check(typeof error.code === 'number' && typeof error.status === 'string', 'an error without code and status');
    return;
  }
  check(typeof error.type === 'string', 'an error without a type');
  if (client === 'messages') check(type === 'error', "an error without type 'error'");
}
