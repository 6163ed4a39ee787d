import * as z from 'zod';

/**
 * Anthropic messages as they come over the wire: what we know is typed, what we do not know stays as it is. Clients send fields
 * of betas long before their documentation does; none of them may be a 400 of ours.
 * @see https://platform.claude.com/docs/en/api/messages
 */

const cacheControl = z.looseObject({ ttl: z.string().nullish() }).nullish();

const text = z.looseObject({ type: z.literal('text'), text: z.string(), cache_control: cacheControl });
const image = z.looseObject({
  type: z.literal('image'),
  source: z.looseObject({ type: z.string() }),
  cache_control: cacheControl,
});
const document = z.looseObject({
  type: z.literal('document'),
  source: z.looseObject({ type: z.string() }),
  title: z.string().nullish(),
  cache_control: cacheControl,
});
const thinking = z.looseObject({
  type: z.literal('thinking'),
  thinking: z.string(),
  signature: z.string().nullish(),
});
const redactedThinking = z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() });
const toolUse = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
  cache_control: cacheControl,
});

const knownInResult = new Set(['text', 'image', 'document']);
const otherInResult = z.looseObject({
  type: z.string().refine((type) => !knownInResult.has(type), { error: 'its fields do not fit its type', abort: true }),
});
export const wireResultBlock = z.union([z.discriminatedUnion('type', [text, image, document]), otherInResult]);

const toolResult = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(wireResultBlock)]).nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControl,
});

const known = z.discriminatedUnion('type', [text, image, document, thinking, redactedThinking, toolUse, toolResult]);
const knownTypes = new Set(['text', 'image', 'document', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result']);
const otherBlock = z.looseObject({
  type: z.string().refine((type) => !knownTypes.has(type), { error: 'its fields do not fit its type', abort: true }),
});
export const wireBlock = z.union([known, otherBlock]);

export const wireMessage = z.looseObject({
  role: z.enum(['user', 'assistant', 'system'], { error: "Input should be 'user' or 'assistant'" }),
  content: z.union([z.string(), z.array(wireBlock)]),
});

const schema = z.record(z.string(), z.unknown());

/** A tool of the caller's has a schema; one of Anthropic's has a dated type and its own fields. */
export const wireTool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  input_schema: schema.nullish(),
  strict: z.boolean().nullish(),
  cache_control: cacheControl,
});

export const wireToolChoice = z.looseObject({
  type: z.enum(['auto', 'any', 'tool', 'none']),
  name: z.string().nullish(),
  disable_parallel_tool_use: z.boolean().nullish(),
});

const format = z.looseObject({ type: z.string(), schema: schema.nullish() });

export const wireRequest = z.looseObject({
  model: z.string().min(1, 'it must name a model'),
  messages: z.array(wireMessage).min(1, 'at least one message is required'),
  max_tokens: z.int().min(0).nullish(),
  system: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  stream: z.boolean().nullish(),
  // Up to 1 at Anthropic; other providers take more.
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z.array(wireTool).nullish(),
  tool_choice: wireToolChoice.nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.int().min(0).nullish() }).nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: format.nullish() }).nullish(),
  /** The beta's name for `output_config.format`. */
  output_format: format.nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
});

export type WireRequest = z.infer<typeof wireRequest>;
export type WireMessage = z.infer<typeof wireMessage>;
export type WireBlock = z.infer<typeof wireBlock>;
export type WireResultBlock = z.infer<typeof wireResultBlock>;
export type WireTool = z.infer<typeof wireTool>;
