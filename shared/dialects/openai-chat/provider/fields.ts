import { GatewayError } from '../../../errors.ts';
import type { Traits } from '../../traits.ts';

export interface FieldEdits {
  rename: Record<string, string>;
  remove: Set<string>;
  /** What the caller asked for in vain. */
  dropped: string[];
}

/**
 * Which top-level fields of a request must go or be renamed for a provider: the same on both roads. Where a provider
 * knows one name for the bound on tokens, the other is renamed to it; where both came, the newer one wins, as at OpenAI.
 */
export function fieldEdits(names: readonly string[], traits: Traits): FieldEdits {
  const dropped = names.filter((name) => traits.drops?.includes(name));
  const remove = new Set(dropped);
  const rename: Record<string, string> = { ...traits.renames };
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
  if (!oneChoice || choices <= 1) return;
  throw new GatewayError(
    'invalid_request',
    `Unsupported value: 'n' does not support ${choices} with this model; only 1 is.`,
    {
      param: 'n',
      code: 'unsupported_value',
    },
  );
}
