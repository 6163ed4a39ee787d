/** What came back through a function URL, and when. */
export interface Answer extends Head {
  text: string;
  /** The process that answered; another one means that the first died. */
  pid: number;
  /** Pieces of the body as they arrived, in milliseconds since the event was handed over. */
  chunks: Chunk[];
}

export interface Head {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
}

export interface Chunk {
  at: number;
  bytes: Buffer;
}

/** The content type that makes a function URL read a prelude before the body. */
export const integrationResponse = 'application/vnd.awslambda.http-integration-response';

const delimiter = Buffer.alloc(8);

/** Cuts `{"statusCode":…}` + 8 NUL bytes from the front; undefined while the delimiter has not come. */
export function splitPrelude(bytes: Buffer): { head: Head; rest: Buffer } | undefined {
  const end = bytes.indexOf(delimiter);
  if (end < 0) return undefined;
  const prelude = JSON.parse(bytes.subarray(0, end).toString()) as {
    statusCode?: number;
    headers?: Record<string, string>;
    cookies?: string[];
  };
  const head = { status: prelude.statusCode ?? 200, headers: prelude.headers ?? {}, cookies: prelude.cookies ?? [] };
  return { head, rest: bytes.subarray(end + delimiter.length) };
}

/** The `data` of each server-sent event, in order; comments and event names left out. */
export function eventData(text: string): string[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('data:')))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.slice(5).trimStart()).join('\n'));
}

/** The last event of a stream, whatever it is. */
export function lastEvent(text: string): unknown {
  const data = eventData(text).at(-1) ?? '';
  return data.startsWith('{') ? JSON.parse(data) : data;
}

/** The text in an OpenAI stream, joined. */
export function streamText(text: string): string {
  return eventData(text)
    .filter((data) => data.startsWith('{'))
    .map((data) => JSON.parse(data) as { choices?: { delta?: { content?: string } }[] })
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? '')
    .join('');
}
