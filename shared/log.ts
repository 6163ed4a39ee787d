/** A text that is at most so many characters long; a longer one is cut and ends in `…`. */
export const bounded = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;

/** The log of a process: one line each, with fields beside the message. Never a key, never a prompt. */
export interface Log {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
