import * as z from 'zod';
import { writeRow } from './rows.ts';
import { sellerNames } from './sellers.ts';

const limit = z.number().int().nonnegative().optional();

/** What is read of https://models.dev/api.json. */
const catalogue = z.record(
  z.string(),
  z.object({
    models: z.record(
      z.string(),
      z.object({
        name: z.string(),
        reasoning: z.boolean().default(false),
        tool_call: z.boolean().default(false),
        modalities: z.object({ input: z.array(z.string()), output: z.array(z.string()) }),
        limit: z.object({ context: limit, input: limit, output: limit }),
      }),
    ),
  }),
);

/** The rows of our presets' models, sorted. Those without a context length are no models of conversations or embeddings. */
export function rowsOfCatalogue(text: string): string[] {
  const sellers = Object.entries(catalogue.parse(JSON.parse(text))).filter(([seller]) => sellerNames.has(seller));
  if (sellers.length === 0) throw new Error('this is not https://models.dev/api.json: none of the sellers is in it');
  return sellers
    .flatMap(([seller, { models }]) =>
      Object.entries(models)
        .filter(([, { limit }]) => limit.context)
        .map(
          ([
            id,
            {
              name,
              reasoning,
              tool_call,
              modalities,
              limit: { context, input, output },
            },
          ]) =>
            writeRow(seller, id, {
              displayName: plain(name),
              contextLength: context,
              maxInputTokens: input || undefined,
              maxOutputTokens: output || undefined,
              sees: modalities.input.includes('image'),
              tools: tool_call,
              thinks: reasoning,
            }),
        ),
    )
    .sort();
}

/** A name is one column; which of a family is the latest changes. */
const plain = (name: string): string => name.replace(/\s+/g, ' ').replace(/ \(latest\)$/, '');
