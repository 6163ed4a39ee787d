/** What each client does with each provider. */
export const scenarios = [
  'text',
  'stream',
  'tool',
  'toolStream',
  'toolResult',
  'image',
  'schema',
  'limited',
  'unfit',
  'embeddings',
] as const;
export type Scenario = (typeof scenarios)[number];

export const hello = 'Say hello.';
export const asksTool = 'How is the weather?';
export const asJson = 'Where is the tower? Answer as JSON.';
/** The provider answers these with its own 429 and its own 400. */
export const failing = { limited: 'please say slow down', unfit: 'please say that it does not fit' };

export const answers = {
  hello: 'Hello from the provider, in so many words that they come in pieces.',
  toolResult: 'It is 21 degrees.',
  limited: 'Slow down, there are others.',
  unfit: 'The temperature is too hot.',
};
export const RETRY_AFTER = 7;

export const citySchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const imageUrl = `data:image/png;base64,${PNG}`;

/** A client's answer to a scenario, or it fails as its SDK fails. */
export type Answer = string | Call | Pieces | number[][];

export interface Call {
  tool: string;
  input: unknown;
}

/** A stream as it came. */
export interface Pieces {
  pieces: string[];
}

export interface Client {
  name: string;
  does: Partial<Record<Scenario, (place: Place) => Promise<Answer>>>;
  /** Why it does no more, where that is the case. */
  lacks?: string;
  /** The classes of its SDK for a provider's no. */
  errors: Record<400 | 429, abstract new (...given: never[]) => Error>;
  /** Whether it asks this model for a schema by a tool of its own making. */
  schemaByTool?: (model: string) => boolean;
  /** It speaks OpenAI's Responses. */
  speaksResponses?: boolean;
  /** How it says things to a provider of its own dialect, by the provider's name: there its bytes pass. */
  ownForms?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

export interface Place {
  url: string;
  key: string;
  model: string;
}

/** What an SDK's error says of the answer, whatever it calls it. */
export function reportedBy(thrown: unknown): { status: number | undefined; retryAfter: string | null | undefined } {
  const { status, statusCode, headers, responseHeaders } = thrown as SdkError;
  return { status: status ?? statusCode, retryAfter: headers?.get('retry-after') ?? responseHeaders?.['retry-after'] };
}

interface SdkError {
  /** OpenAI's and Anthropic's. */
  status?: number;
  headers?: Headers;
  /** Vercel's. */
  statusCode?: number;
  responseHeaders?: Record<string, string>;
}
