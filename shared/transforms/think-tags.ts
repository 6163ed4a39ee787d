import type { ChatEvent } from '../chat/events.ts';
import { type EventFilter, openEnd } from './event-filter.ts';
import type { Transform } from './transform.ts';

/** Thinking that a provider leaves in the answer's text, between tags, as thinking. */
export const thinkingInTags: Transform = {
  name: 'think-tags',
  wanted: (_, { traits }) => traits.thinkingTags !== undefined,
  answer: (_, { traits }) => thinkTags(traits.thinkingTags ?? 'written'),
};

const OPEN = '<think>';
const CLOSE = '</think>';

type Phase = 'before' | 'thinking' | 'after' | 'answer';

interface Voice {
  phase: Phase;
  held: string;
}

/**
 * Text that a model writes into its answer between `<think>` and `</think>`, as thinking. Only at the beginning of the
 * answer: later tags are text. Tags may be cut anywhere; one that is never closed leaves all of the answer thinking. With
 * `implied` the opening tag is not written, since the model's template has it.
 */
export function thinkTags(opening: 'written' | 'implied'): EventFilter {
  const voices = new Map<number, Voice>();
  const voiceOf = (choice: number): Voice => {
    const voice = voices.get(choice) ?? { phase: opening === 'implied' ? 'thinking' : 'before', held: '' };
    voices.set(choice, voice);
    return voice;
  };

  function flush(choice: number): ChatEvent[] {
    const voice = voiceOf(choice);
    const { phase, held } = voice;
    voice.held = '';
    if (phase !== 'answer') voice.phase = 'answer';
    if (held === '') return [];
    return [textEvent(phase === 'thinking' ? 'thinking' : 'text', held, choice)];
  }

  return {
    take(event) {
      if (event.type === 'text') return split(voiceOf(event.choice ?? 0), event.text, event.choice ?? 0);
      const speaks =
        event.type === 'tool-call' || event.type === 'finish' || event.type === 'refusal' || event.type === 'error';
      if (!speaks) return [event];
      return event.type === 'error'
        ? [...[...voices.keys()].flatMap(flush), event]
        : [...flush(event.choice ?? 0), event];
    },
    end: () => [...voices.keys()].flatMap(flush),
  };
}

const textEvent = (type: 'text' | 'thinking', text: string, choice: number): ChatEvent =>
  choice === 0 ? { type, text } : { type, text, choice };

/** So much blank space before the tag is waited for: each piece of it is looked through again. */
const MOST_BLANK = 1_000;

function split(voice: Voice, text: string, choice: number): ChatEvent[] {
  const events: ChatEvent[] = [];
  voice.held += text;
  for (let moved = true; moved; ) moved = step(voice, choice, events);
  return events;
}

/** Goes as far as the text allows; whether there is more to do. */
function step(voice: Voice, choice: number, events: ChatEvent[]): boolean {
  if (voice.phase === 'before') {
    const begun = voice.held.trimStart();
    const mayOpen = begun === '' || (begun.length < OPEN.length && OPEN.startsWith(begun));
    if (mayOpen && voice.held.length < MOST_BLANK) return false;
    const opened = begun.startsWith(OPEN);
    if (opened) voice.held = begun.slice(OPEN.length);
    voice.phase = opened ? 'thinking' : 'answer';
    return true;
  }
  if (voice.phase === 'thinking') {
    const end = voice.held.indexOf(CLOSE);
    const upTo = end === -1 ? voice.held.length - openEnd(voice.held, [CLOSE]) : end;
    if (upTo > 0) events.push(textEvent('thinking', voice.held.slice(0, upTo), choice));
    voice.held = voice.held.slice(end === -1 ? upTo : end + CLOSE.length);
    if (end !== -1) voice.phase = 'after';
    return end !== -1;
  }
  if (voice.phase === 'after') {
    voice.held = voice.held.trimStart();
    if (voice.held === '') return false;
    voice.phase = 'answer';
    return true;
  }
  if (voice.held !== '') events.push(textEvent('text', voice.held, choice));
  voice.held = '';
  return false;
}
