import type { Got } from './ask.ts';
import { type Allowed, type Check, checkError, isObject } from './check.ts';
import { checkEvents } from './check-events.ts';
import type { Outcome } from './fault.ts';
import type { ClientPath } from './paths.ts';

export interface Checked {
  outcome: Outcome;
  /** What is wrong with the answer; nothing where it is well-formed. */
  problems: string[];
}

/** Reads an answer as a careful client of its dialect would, and names all that such a client could not make sense of. */
export function checkAnswer(client: ClientPath['name'], stream: boolean, got: Got, allowed: Allowed): Checked {
  const problems: string[] = [];
  const check: Check = (isRight, problem) => {
    if (!isRight) problems.push(problem);
    return isRight;
  };
  if (got.failure) return { outcome: 'error', problems: [got.failure] };
  check(typeof got.headers['x-request-id'] === 'string', 'no x-request-id');
  if (got.status === 500) problems.push('status 500');
  const type = String(got.headers['content-type'] ?? '');
  const isJson = /\bjson\b/.test(type);
  if (got.status !== 200) {
    check(got.status >= 400 && got.status < 600, `status ${got.status}`);
    check(isJson, `an error of type '${type}'`);
    checkError(client, parse(got.body, false, check), check);
    return { outcome: 'error', problems };
  }
  if (stream && !isJson) return { outcome: checkEvents(client, got.body, allowed, check), problems };
  if (!check(isJson, `an answer of type '${type}'`)) return { outcome: 'answer', problems };
  const value = parse(got.body, allowed.hasBadText, check);
  if (!allowed.loose) checkReply(client, value, check);
  return { outcome: 'answer', problems };
}

function parse(body: Buffer, hasBadText: boolean, check: Check): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: !hasBadText }).decode(body);
    return JSON.parse(text);
  } catch {
    check(false, `no JSON: ${body.toString('latin1', 0, 60)}`);
    return undefined;
  }
}

function checkReply(client: ClientPath['name'], value: unknown, check: Check): void {
  if (!check(isObject(value), 'a reply that is no object') || !isObject(value)) return;
  if (client === 'gemini') {
    check(
      typeof value.modelVersion === 'string' && typeof value.responseId === 'string',
      'a reply without model or id',
    );
    check(Array.isArray(value.candidates) && value.candidates.length > 0, 'a reply without candidates');
    return;
  }
  check(typeof value.model === 'string', 'a reply without its model');
  check(typeof value.id === 'string', 'a reply without an id');
  if (client === 'chat' || client === 'completions') {
    check(value.object === (client === 'chat' ? 'chat.completion' : 'text_completion'), `an object '${value.object}'`);
    check(Array.isArray(value.choices) && value.choices.length > 0, 'a reply without choices');
    return;
  }
  const name = client === 'messages' ? 'content' : 'output';
  check(Array.isArray(value[name]), `a reply without ${name}`);
  if (client === 'messages') check(value.type === 'message' && isObject(value.usage), 'a reply that is no message');
  else check(value.object === 'response' && typeof value.status === 'string', 'a reply that is no response');
}
