import type { ChatRequest } from '../chat/request.ts';
import type { Traits } from '../dialects/traits.ts';
import { alternate } from './alternate.ts';
import { askForTool } from './ask-for-tool.ts';
import { type Changes, countChanges } from './changes.ts';

/** Whether a target is one whose requests may have to be reshaped; no other's need be read before its road is known. */
export const mayReshape = ({ alternation, toolChoice, mostSeed }: Traits): boolean =>
  alternation === 'strict' || toolChoice === 'auto' || mostSeed !== undefined;

export interface Reshaped {
  request: ChatRequest;
  changes: Changes;
}

/** A request as a strict model takes it, and what had to be changed for that; undefined where it is so already. */
export function reshape(asked: ChatRequest, traits: Traits): Reshaped | undefined {
  const { changes, count } = countChanges();
  const request = traits.toolChoice === 'auto' ? askForTool(asked) : { ...asked };
  if (request.toolChoice !== asked.toolChoice) count('tool_choice');
  const seed = foldSeed(asked.seed, traits);
  if (seed !== undefined && seed !== asked.seed) {
    request.seed = seed;
    count('seed');
  }
  if (traits.alternation === 'strict') {
    const { fillers, mostMessages, thinkingInHistory: thoughts } = traits;
    const turns = alternate(request.messages, { fillers, mostMessages, thoughts });
    request.messages = turns.messages;
    Object.assign(changes, turns.changes);
  }
  return Object.keys(changes).length === 0 ? undefined : { request, changes };
}

function foldSeed(seed: number | undefined, { mostSeed }: Traits): number | undefined {
  if (seed === undefined || mostSeed === undefined || (seed >= 1 && seed <= mostSeed)) return seed;
  return 1 + (Math.abs(Math.trunc(seed)) % mostSeed);
}

/** The changes for a header: `merged=2,filled=1`; nothing where there were none. */
export function tellChanges(changes: Changes): string | undefined {
  const told = Object.entries(changes).map(([change, times]) => `${change}=${times}`);
  return told.length === 0 ? undefined : told.join(',');
}
