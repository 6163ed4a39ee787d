import * as z from 'zod';

const tokens = z.int().positive();

const modelFacts = z.object({
  /** Its maker's name of it. */
  displayName: z.string().optional(),
  /** Most tokens of a conversation, its answer included. */
  contextLength: tokens.optional(),
  /** Most tokens of what is sent, where the maker bounds it more tightly than the whole. */
  maxInputTokens: tokens.optional(),
  /** Most tokens of an answer. */
  maxOutputTokens: tokens.optional(),
  /** It takes images. */
  sees: z.boolean().optional(),
  /** It calls tools. */
  tools: z.boolean().optional(),
  /** It thinks before it answers. */
  thinks: z.boolean().optional(),
});

/** What lists of models show of one beside its name. What is not known is absent. */
export type ModelFacts = z.output<typeof modelFacts>;

const factsTable = z.record(z.string(), modelFacts);

/** What is known of models, by `<provider>/<model id>` with the provider's name in the configuration. */
export type FactsTable = z.output<typeof factsTable>;

/**
 * The facts of a configuration's models, read when they are first asked for: no other request needs them. Without a table that can be
 * read, what it would say is absent from the lists, and `failed` is told why, once.
 */
export function readFacts(read: () => unknown, failed: (cause: unknown) => void): () => FactsTable {
  let table: FactsTable | undefined;
  return () => {
    if (table) return table;
    try {
      table = factsTable.parse(read());
    } catch (cause) {
      table = {};
      failed(cause);
    }
    return table;
  };
}
