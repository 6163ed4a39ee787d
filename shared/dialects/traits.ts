import * as z from 'zod';
import { anthropicTraits } from './anthropic/provider/traits.ts';
import { bedrockTraits } from './bedrock/provider/traits.ts';
import { businessTraits } from './business/provider/traits.ts';
import { cohereTraits } from './cohere/provider/traits.ts';
import { geminiTraits } from './gemini/provider/traits.ts';
import { openaiChatTraits } from './openai-chat/provider/traits.ts';
import { openaiResponsesTraits } from './openai-responses/provider/traits.ts';

const filler = z.string().regex(/\S/, 'expected a text that is not blank').optional();

/**
 * Traits that work with every dialect: what our own code (transforms, embeddings, the fallback text) does for a provider
 * before its dialect writes the request or after it has read the answer.
 */
const commonTraits = {
  /** Request fields it refuses: dropped, and named in the answer's `x-sluice-dropped`. */
  drops: z.array(z.string()).readonly().optional(),
  /** The model behind an id that does not name it, such as the ARN of an inference profile: `anthropic.claude-sonnet-4-5`. */
  baseModel: z.string().min(1).optional(),
  /** Its thinking is in the answer's text, in `<think>` tags; with `implied` the opening tag is left out. Off by default. */
  thinkingTags: z.enum(['written', 'implied']).optional(),
  /** It leaves the stop text in the answer; we cut it off, as OpenAI and Anthropic do. */
  stopIncluded: z.boolean().optional(),
  /**
   * With `strict`, the provider refuses conversations whose roles do not alternate, from a user's turn to a user's turn, with
   * text in every message. They are mended, and the changes are counted in the answer's `x-sluice-normalized`.
   */
  alternation: z.enum(['free', 'strict']).optional(),
  /** With `alternation: 'strict'`: most messages of a conversation, each result of a tool counted; the oldest are left out. */
  mostMessages: z.int().min(4).max(1_000_000).optional(),
  /** With `alternation: 'strict'`: texts for messages that would otherwise be empty or missing; Chinese by default. */
  fillers: z
    .strictObject({
      /** User message before a conversation that begins with the assistant; `继续` by default. */
      first: filler,
      /** User message after a conversation that ends with the assistant, or in place of an empty one; `请继续。` by default. */
      goOn: filler,
      /** Assistant message between results of tools and the user's next message; `好的。` by default. */
      between: filler,
      /** Assistant text before the names of the tools it called without any text; `调用工具：` by default. */
      calls: filler,
      /** Result of a tool that returned nothing; `(empty result)` by default. */
      result: filler,
    })
    .optional(),
  /** The caller's answer, as an ordinary one, where the provider fails and no other target is left. */
  fallbackText: z.string().min(1).optional(),
};

/** The schema of a dialect's own traits, by the dialect's name. */
const ownTraits = {
  'openai-chat': openaiChatTraits,
  'openai-responses': openaiResponsesTraits,
  anthropic: anthropicTraits,
  gemini: geminiTraits,
  bedrock: bedrockTraits,
  cohere: cohereTraits,
  business: businessTraits,
};

type Own<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** Traits whose values differ from dialect to dialect. */
interface DifferingTraits {
  /** How it is asked to think. */
  thinkingControl?:
    | Own<typeof openaiChatTraits>['thinkingControl']
    | Own<typeof anthropicTraits>['thinkingControl']
    | Own<typeof geminiTraits>['thinkingControl'];
  /** Whether it takes temperature, top_p and top_k: all, one of temperature and top_p at a time, or none of them. */
  sampling?: Own<typeof anthropicTraits>['sampling'];
}

type AllTraits = Own<typeof commonTraits> &
  Own<typeof openaiChatTraits> &
  Own<typeof openaiResponsesTraits> &
  Own<typeof anthropicTraits> &
  Own<typeof geminiTraits> &
  Own<typeof bedrockTraits> &
  Own<typeof cohereTraits> &
  Own<typeof businessTraits>;

/**
 * In what a provider, or one of its models, differs from the dialect it speaks: data of a preset, and of the user's
 * configuration over it. All are optional: the vendor's own way is the default.
 */
export type Traits = Omit<AllTraits, keyof DifferingTraits> & DifferingTraits;

const schemas = new Map(
  Object.entries(ownTraits).map(([name, own]) => [name, z.strictObject({ ...commonTraits, ...own })]),
);

/** The schema of the traits that do something for a provider of this dialect. */
export function traitsOf(dialect: string): z.ZodObject<z.ZodRawShape> {
  const schema = schemas.get(dialect);
  if (!schema) throw new Error(`The dialect '${dialect}' has no traits: add them to shared/dialects/traits.ts.`);
  return schema;
}
