/** The log of a process: one line each, with fields beside the message. Never a key, never a prompt. */
export interface Log {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
