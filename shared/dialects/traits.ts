import * as z from 'zod';

/** A sentence that a model is told in place of nobody. */
const filler = z.string().regex(/\S/, 'expected some words').optional();

const fieldPath = z
  .string()
  .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, 'expected names with dots between them, such as data.answer')
  .refine((path) => !path.split('.').includes('__proto__'), 'it must not lead to __proto__');

/**
 * In what a provider (or one of its models) differs from the dialect it speaks: data of a provider, and of the user's
 * configuration over it. All optional: the vendor's own way is the default.
 */
export const traits = z.strictObject({
  /** Request fields it refuses: dropped, and named in the answer's `x-sluice-dropped`. */
  drops: z.array(z.string()).readonly().optional(),
  /** Request fields it calls by another name. */
  renames: z.record(z.string(), z.string()).optional(),
  /** It gives one answer and knows no `n`: more than one is refused, since one in place of several is not what was asked. */
  oneChoice: z.boolean().optional(),
  /** What it calls the bound on the answer's tokens, where it knows only one of the two names. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Most tokens it can answer with: asked for where a dialect must say a number, never exceeded. */
  maxOutputTokens: z.int().positive().optional(),
  /** It knows no `developer` role: such messages go as `system`. */
  developerAsSystem: z.boolean().optional(),
  /** Token counts in a stream: told only when asked by `stream_options` (the default), or told unasked and not to be asked. */
  streamUsage: z.enum(['ask', 'unasked']).optional(),
  /** The model behind an id that does not name it, such as the ARN of an inference profile: `anthropic.claude-sonnet-4-5`. */
  baseModel: z.string().min(1).optional(),
  /** Whether thoughts come back to it with the history (the default) or are refused there. */
  thinkingInHistory: z.enum(['keep', 'strip']).optional(),
  /** In which field of OpenAI's dialect it is told how much to think; `reasoning_effort` unless said, `none` where in no field. */
  thinkingField: z.enum(['reasoning_effort', 'enable_thinking', 'thinking', 'none']).optional(),
  /** Its thoughts stand in the answer's text, in `<think>` tags; with `implied` the opening tag is left out. Off unless said. */
  thinkTags: z.enum(['written', 'implied']).optional(),
  /** It leaves the stop text in the answer, which OpenAI and Anthropic cut off. */
  stopIncluded: z.boolean().optional(),
  /** How a model of Anthropic's family is told to think: by an effort, by a number of tokens, or it cannot. */
  thinkingStyle: z.enum(['adaptive', 'budget', 'none']).optional(),
  /** Whether it takes temperature, top_p and top_k: all, one of temperature and top_p at a time, or none of them. */
  sampling: z.enum(['keep', 'one', 'drop']).optional(),
  /** An answer that the caller has begun: the model goes on from there, or is asked by a user's turn to continue. */
  prefill: z.enum(['keep', 'continue']).optional(),
  /** Instructions amid the conversation: a turn of their own, or words in the user's turn beside them. */
  systemTurns: z.enum(['keep', 'remind']).optional(),
  /** How an answer is held to a JSON schema: by the model's own means, or as the arguments of a tool it must call. */
  answerSchema: z.enum(['native', 'tool']).optional(),
  /** How a model of Google's is told to think: by a level, by a number of tokens, or it cannot. */
  thinkingIn: z.enum(['levels', 'tokens', 'none']).optional(),
  /** The language of tools' and answers' schemas where a dialect has two: a subset of OpenAPI (the default), or JSON Schema. */
  schemaLanguage: z.enum(['openapi', 'json-schema']).optional(),
  /** Most inputs of one call for embeddings, where it takes fewer than its dialect allows. */
  embeddingsBatch: z.int().positive().optional(),
  /**
   * Whether it refuses conversations whose sides do not strictly take turns, from the user to the user, with words in every
   * message. With `strict` they are mended, and what was changed is told in the answer's `x-sluice-normalized`.
   */
  alternation: z.enum(['free', 'strict']).optional(),
  /** With `alternation: 'strict'`: most messages of a conversation, each result of a tool counted; the oldest are left out. */
  mostMessages: z.int().min(4).optional(),
  /** With `alternation: 'strict'`: what is said where the rules demand words and nobody spoke; in Chinese unless said. */
  fillers: z
    .strictObject({
      /** The user's, before a conversation that the assistant begins; `继续` unless said. */
      first: filler,
      /** The user's, where the assistant spoke last or the user said nothing; `请继续。` unless said. */
      goOn: filler,
      /** The assistant's, between results of tools and what the user typed after them; `好的。` unless said. */
      between: filler,
      /** The assistant's, before the names of the tools it called without a word; `调用工具：` unless said. */
      calls: filler,
      /** Of a tool that returned nothing; `(empty result)` unless said. */
      result: filler,
    })
    .optional(),
  /**
   * Whether it can be made to call a tool (the default), or knows only `auto` and `none`: then it is shown only the tools that
   * it may call, and told in words that it must.
   */
  toolChoice: z.enum(['any', 'auto']).optional(),
  /** Largest seed it takes, 1 being the smallest: others are folded into that range. */
  mostSeed: z.int().positive().optional(),
  /** What the caller is told, as an ordinary answer, where the provider fails and no other is left to ask. */
  fallbackText: z.string().min(1).optional(),
  /** Where the fields of a business API are, as dotted paths (`data.answer`, `items.0.text`). */
  business: z
    .strictObject({
      /** Where the question goes; `query` unless said. */
      query: fieldPath.optional(),
      /** Where the model and its parameters go; `model_info` unless said. */
      modelInfo: fieldPath.optional(),
      /** Where the conversation goes, as a list of `{role, content}`; unless said, it is written into the query. */
      conversation: fieldPath.optional(),
      /** Where the answer's text is; `data.answer` unless said. */
      answer: fieldPath.optional(),
      /** What stands here, and is not empty, null, false or 0, is an error; `error` unless said. */
      error: fieldPath.optional(),
    })
    .optional(),
});

export type Traits = z.output<typeof traits>;
