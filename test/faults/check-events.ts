import { type Allowed, type Check, checkError, isObject } from './check.ts';
import type { Outcome } from './fault.ts';
import type { ClientPath } from './paths.ts';

interface Event {
  name: string | undefined;
  data: string;
}

/**
 * Reads a stream as the standard says, then by the rules of the dialect: order of events, an end that says so. Where a provider's own events
 * passed, only the frame and the end are checked.
 */
export function checkEvents(
  client: ClientPath['name'],
  body: Buffer,
  { loose, hasBadText, finishEnds }: Allowed,
  check: Check,
): Outcome {
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  if (!hasBadText) check(!text.includes('\ufffd'), 'characters that are cut');
  const blocks = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n\n');
  check((blocks.pop() ?? '').trim() === '', 'half an event at the end');
  const events = blocks.map(readBlock).filter((event) => event !== undefined);
  if (!check(events.length > 0, 'a stream without events')) return 'error';
  const values = events.map(({ data }) => (data === '[DONE]' ? data : parse(data)));
  if (!loose) check(!values.includes(undefined), 'an event that is no JSON');
  const last = values.at(-1);
  const isError = values.some((value) => isErrorEvent(client, value));
  if (isError) {
    const error = values.find((value) => isErrorEvent(client, value));
    if (isObject(error) && isObject(error.error)) checkError(client, error, check);
    const after = values.slice(values.findIndex((value) => isErrorEvent(client, value)) + 1);
    check(
      after.every((value) => value === '[DONE]' || isErrorEvent(client, value)),
      'events behind the error',
    );
  } else {
    check(
      isEnd(client, last) || (finishEnds === true && (values.some(isFinish) || isEndByName(events.at(-1)))),
      `a stream that ends with ${String(events.at(-1)?.data).slice(0, 80)}`,
    );
  }
  if (!loose) order[client](values.filter(isObject), events, check);
  return isError ? 'error' : 'answer';
}

function readBlock(block: string): Event | undefined {
  const lines = block.split('\n');
  const valuesOf = (field: string): string[] =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = valuesOf('data');
  return data.length === 0 || data.join('') === ''
    ? undefined
    : { name: valuesOf('event').at(-1), data: data.join('\n') };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isErrorEvent(client: ClientPath['name'], value: unknown): boolean {
  if (!isObject(value)) return false;
  if (client === 'responses') return value.type === 'error' || value.type === 'response.failed';
  return client === 'messages' ? value.type === 'error' : isObject(value.error);
}

function isEnd(client: ClientPath['name'], value: unknown): boolean {
  if (client === 'chat' || client === 'completions') return value === '[DONE]';
  if (!isObject(value)) return false;
  if (client === 'gemini') return isFinish(value);
  return client === 'messages'
    ? value.type === 'message_stop'
    : value.type === 'response.completed' || value.type === 'response.incomplete';
}

/** Where the data of the last event is odd, its name may still say that it is the last. */
const isEndByName = (event: Event | undefined): boolean =>
  event?.name === 'message_stop' || event?.name === 'response.completed' || event?.name === 'response.incomplete';

function isFinish(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { choices, candidates, delta } = value;
  if (Array.isArray(candidates)) return candidates.some((one) => isObject(one) && typeof one.finishReason === 'string');
  if (isObject(delta) && delta.stop_reason) return true;
  return Array.isArray(choices) && choices.some((choice) => isObject(choice) && choice.finish_reason);
}

type Order = (values: Record<string, unknown>[], events: Event[], check: Check) => void;

const chunks =
  (object: string): Order =>
  (values, _, check) => {
    const read = values.filter(({ error }) => error === undefined);
    check(
      read.every((value) => value.object === object),
      `a chunk that is no ${object}`,
    );
    check(
      read.every(({ choices }) => Array.isArray(choices)),
      'a chunk without choices',
    );
    check(new Set(read.map(({ id }) => id)).size <= 1, 'chunks of several ids');
  };

const order: Record<ClientPath['name'], Order> = {
  chat: chunks('chat.completion.chunk'),
  completions: chunks('text_completion'),
  gemini(values, _, check) {
    const read = values.filter(({ error }) => error === undefined);
    check(
      read.every(({ candidates }) => Array.isArray(candidates)),
      'a chunk without candidates',
    );
    check(new Set(read.map(({ responseId }) => responseId)).size <= 1, 'chunks of several ids');
    check(read.filter(isFinish).length <= 1, 'two ends');
  },
  responses(values, events, check) {
    check(
      events.every(({ name }, at) => name === values[at]?.type),
      'an event whose name is not its type',
    );
    const numbers = values.filter(({ type }) => type !== 'error').map(({ sequence_number: number }) => Number(number));
    check(
      numbers.every((number, at) => at === 0 || number > numbers[at - 1]!),
      'sequence numbers that do not grow',
    );
    const started = values.findIndex(({ type }) => type === 'response.created');
    check(started === 0 || values[0]?.type === 'error', `a stream that begins with ${String(values[0]?.type)}`);
  },
  messages(values, events, check) {
    check(
      events.every(({ name }, at) => name === values[at]?.type),
      'an event whose name is not its type',
    );
    let open: unknown;
    for (const { type, index } of values) {
      if (type === 'content_block_start') {
        check(open === undefined, 'a block that starts within another');
        open = index;
      } else if (type === 'content_block_delta') check(open === index, 'a delta of a block that is not open');
      else if (type === 'content_block_stop') {
        check(open === index, 'the end of a block that is not open');
        open = undefined;
      } else if (type === 'message_stop') check(open === undefined, 'an end within a block');
    }
    const first = values.find(({ type }) => type !== 'ping');
    check(
      first?.type === 'message_start' || first?.type === 'error',
      `a stream that begins with ${String(first?.type)}`,
    );
    check(values.filter(({ type }) => type === 'message_start').length <= 1, 'two starts');
  },
};
