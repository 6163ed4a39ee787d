import { oneOf } from '../../kit/traits.ts';
import type { Traits } from '../../traits.ts';
import { thinkingControls } from './traits.ts';

/** In what Google's models differ, by their names; a provider's traits overrule it. */
export interface ModelTraits {
  /** How it is asked to think: by a level, by a number of tokens, or it cannot. */
  thinking: 'levels' | 'tokens' | 'none';
  /** Levels it knows, lowest first. */
  levels: readonly string[];
  /** Range of tokens to think with; zero where thinking can be switched off. */
  budget: { off: number; least: number; most: number };
  takesSampling: boolean;
  takesPenalties: boolean;
  /** It continues an answer that the caller has begun. */
  prefill: boolean;
  /** Calls carry ids, media within their results, and signatures that must come back. */
  callsAreSigned: boolean;
  /** An answer in JSON and tools in one request. */
  jsonBesideTools: boolean;
  schemas: 'openapi' | 'json-schema';
}

const NEWEST = 99;

/**
 * The traits of a model. A name without a version (`gemini-flash-latest`) is taken for one of the newest.
 * @see https://ai.google.dev/gemini-api/docs/thinking
 */
export function knownTraits(model: string, traits: Traits): ModelTraits {
  const name = (traits.baseModel ?? model).toLowerCase();
  const version = versionOf(name);
  // From here on the vendor refuses penalties and begun answers, and ignores or refuses the rest of sampling.
  const isStrict = version >= 3.6 || (version === 3.5 && name.includes('flash-lite'));
  return {
    thinking: oneOf(thinkingControls, traits.thinkingControl) ?? thinkingOf(version),
    levels: levelsOf(name, version),
    budget: budgetOf(name),
    takesSampling: traits.sampling === undefined ? !isStrict : traits.sampling !== 'drop',
    takesPenalties: version < 2.5,
    prefill: traits.prefill === undefined ? !isStrict : traits.prefill === 'keep',
    callsAreSigned: version >= 3,
    jsonBesideTools: traits.answerSchema === undefined ? version >= 3 : traits.answerSchema === 'native',
    schemas: traits.schemaLanguage ?? 'openapi',
  };
}

/** Other families than Gemini (Gemma and its like) count as before all versions. */
function versionOf(name: string): number {
  if (!name.includes('gemini')) return 0;
  const version = /gemini-(?:[a-z]{1,20}-){0,4}(\d{1,2}(?:\.\d+)?)(?![\d.])/.exec(name)?.[1];
  return version === undefined ? NEWEST : Number(version);
}

function thinkingOf(version: number): ModelTraits['thinking'] {
  if (version >= 3) return 'levels';
  return version >= 2.5 ? 'tokens' : 'none';
}

function levelsOf(name: string, version: number): readonly string[] {
  if (name.includes('flash')) return ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];
  return version === 3 ? ['LOW', 'HIGH'] : ['LOW', 'MEDIUM', 'HIGH'];
}

function budgetOf(name: string): ModelTraits['budget'] {
  if (name.includes('flash-lite')) return { off: 0, least: 512, most: 24_576 };
  if (name.includes('flash')) return { off: 0, least: 1, most: 24_576 };
  return { off: 128, least: 128, most: 32_768 };
}
