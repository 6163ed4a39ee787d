import type { ModelFacts } from '../../shared/catalog/model-facts.ts';

/** Facts of models, by `<seller>/<model id>`. */
export type Rows = ReadonlyMap<string, ModelFacts>;

const able = ['sees', 'tools', 'thinks'] as const;

/**
 * Rows as they are kept: tab between the columns `seller model name context input output can`, `-` for what is not known, `text` in
 * the last for a model that can none of what is named there. Lines beginning with `#` are for people; a file of lines, so that a
 * change of it can be read.
 */
export const readRows = (text: string): Rows =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [seller, model, name, context, input, output, can] = line.split('\t') as string[];
        const facts = {
          displayName: name === '-' ? undefined : name,
          contextLength: numberOf(context),
          maxInputTokens: numberOf(input),
          maxOutputTokens: numberOf(output),
          ...(can === '-'
            ? {}
            : Object.fromEntries(able.map((ability) => [ability, can!.split(' ').includes(ability)]))),
        };
        return [`${seller}/${model}`, facts];
      }),
  );

const numberOf = (text = '-'): number | undefined => (text === '-' ? undefined : Number(text));

/** One row of `readRows`. */
export function writeRow(seller: string, model: string, facts: ModelFacts): string {
  const { displayName = '-', contextLength = '-', maxInputTokens = '-', maxOutputTokens = '-' } = facts;
  const can = able.filter((ability) => facts[ability]).join(' ') || 'text';
  return [seller, model, displayName, contextLength, maxInputTokens, maxOutputTokens, can].join('\t');
}
