import { isObject } from '../faults/check.ts';
import type { ClientPath } from '../faults/paths.ts';

/** The text that the caller of an answer reads, of a stream or of a whole reply; nothing where there is none. */
export function textOf(client: ClientPath['name'], body: Buffer, streamed: boolean): string {
  const values = streamed ? eventsOf(body.toString('utf8')) : [JSON.parse(body.toString('utf8'))];
  return values.map((value) => (isObject(value) ? (streamed ? pieceIn : wholeIn)[client](value) : '')).join('');
}

function eventsOf(text: string): unknown[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'));
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line.slice(5))];
    } catch {
      return [];
    }
  });
}

type Read = (value: Record<string, unknown>) => string;

const at = (value: unknown, ...steps: (string | number)[]): unknown =>
  steps.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[step] : undefined,
    value,
  );
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsIn = (list: unknown): string =>
  Array.isArray(list)
    ? list
        .map((part) =>
          at(part, 'type') === 'text' || at(part, 'type') === 'output_text' ? text(at(part, 'text')) : '',
        )
        .join('')
    : '';

function candidateText(value: Record<string, unknown>): string {
  const parts = at(value, 'candidates', 0, 'content', 'parts');
  return Array.isArray(parts) ? parts.map((part) => text(at(part, 'text'))).join('') : '';
}

const pieceIn: Record<ClientPath['name'], Read> = {
  chat: (value) => text(at(value, 'choices', 0, 'delta', 'content')),
  completions: (value) => text(at(value, 'choices', 0, 'text')),
  responses: (value) => (value.type === 'response.output_text.delta' ? text(value.delta) : ''),
  messages: (value) => (at(value, 'delta', 'type') === 'text_delta' ? text(at(value, 'delta', 'text')) : ''),
  gemini: candidateText,
};

const wholeIn: Record<ClientPath['name'], Read> = {
  chat: (value) => text(at(value, 'choices', 0, 'message', 'content')),
  completions: (value) => text(at(value, 'choices', 0, 'text')),
  responses: ({ output }) => (Array.isArray(output) ? output.map((item) => textsIn(at(item, 'content'))).join('') : ''),
  messages: ({ content }) => textsIn(content),
  gemini: candidateText,
};
