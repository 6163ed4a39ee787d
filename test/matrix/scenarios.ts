/** What each client does with each provider. */
export const scenarios = ['text', 'stream', 'tool', 'toolResult', 'image', 'schema', 'error'] as const;
export type Scenario = (typeof scenarios)[number];

export const hello = 'Say hello.';
export const failing = 'please fail';
export const asJson = 'Where is the tower? Answer as JSON.';

export const citySchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A client's answer to a scenario: the words, or the call for a tool. Fails as its SDK fails. */
export interface Client {
  name: string;
  does: Partial<Record<Scenario, (place: Place) => Promise<string | Call>>>;
}

export interface Place {
  url: string;
  key: string;
  model: string;
}

export interface Call {
  tool: string;
  input: unknown;
}

/** The status an SDK's error carries, whatever it calls it. */
export function statusOf(thrown: unknown): number | undefined {
  const { status, statusCode, lastError } = thrown as { status?: number; statusCode?: number; lastError?: unknown };
  return status ?? statusCode ?? (lastError === undefined ? undefined : statusOf(lastError));
}
