import { type FieldEdits, fieldEdits } from '../../kit/field-edits.ts';
import { refuseChoices } from '../../kit/refusals.ts';
import type { Traits } from '../../traits.ts';

/**
 * What the traits drop and rename, and what only this dialect knows: where a provider has one name for the bound on tokens,
 * the other is renamed to it; where both came, the newer one wins, as at OpenAI.
 */
export function chatFieldEdits(names: readonly string[], traits: Traits): FieldEdits {
  const { rename, remove, dropped } = fieldEdits(names, traits);
  const { maxTokensField } = traits;
  const given = ['max_completion_tokens', 'max_tokens'].filter((name) => names.includes(name));
  if (maxTokensField && given.length > 0) {
    const [winner, loser] = given;
    if (loser) remove.add(loser);
    if (winner && winner !== maxTokensField) rename[winner] = maxTokensField;
  }
  if (traits.oneChoice) remove.add('n');
  if (names.includes('stream_options') && traits.streamUsage === 'unasked') remove.add('stream_options');
  return { rename, remove, dropped };
}

/** Refuses several answers where the provider gives only one. */
export function checkChoices(choices: number, { oneChoice }: Traits): void {
  if (oneChoice) refuseChoices(choices);
}
