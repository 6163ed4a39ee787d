import * as z from 'zod';

/**
 * OpenAI chat completions as they come over the wire: what we know is typed, what we do not know stays as it is.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */

const text = z.looseObject({ type: z.literal('text'), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const image = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: z.string(), detail: z.string().nullish() }),
});
const audio = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
});
const file = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({
    file_data: z.string().nullish(),
    file_id: z.string().nullish(),
    filename: z.string().nullish(),
  }),
});
const known = z.discriminatedUnion('type', [text, refusal, image, audio, file]);
const knownTypes = new Set(['text', 'refusal', 'image_url', 'input_audio', 'file']);
const unknownPart = z.looseObject({
  type: z.string().refine((type) => !knownTypes.has(type), { error: 'its fields do not fit its type', abort: true }),
});

export const wirePart = z.union([known, unknownPart]);
const content = z.union([z.string(), z.array(wirePart)]);

export const wireToolCall = z.looseObject({
  id: z.string(),
  type: z.string().nullish(),
  function: z.looseObject({ name: z.string(), arguments: z.string().nullish() }).nullish(),
  custom: z.looseObject({ name: z.string(), input: z.string().nullish() }).nullish(),
});
const functionCall = z.looseObject({ name: z.string(), arguments: z.string().nullish() });

/** LiteLLM's field for Anthropic's thinking; ours too, where a client sends them back. */
export const wireThinkingBlock = z.looseObject({
  type: z.string(),
  thinking: z.string().nullish(),
  signature: z.string().nullish(),
  data: z.string().nullish(),
});

const system = z.looseObject({ role: z.enum(['system', 'developer']), content, name: z.string().nullish() });
const user = z.looseObject({ role: z.literal('user'), content, name: z.string().nullish() });
const assistant = z.looseObject({
  role: z.literal('assistant'),
  content: content.nullish(),
  refusal: z.string().nullish(),
  name: z.string().nullish(),
  tool_calls: z.array(wireToolCall).nullish(),
  function_call: functionCall.nullish(),
  reasoning_content: z.string().nullish(),
  thinking_blocks: z.array(wireThinkingBlock).nullish(),
});
const tool = z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string() });
const functionResult = z.looseObject({ role: z.literal('function'), name: z.string(), content: z.string().nullable() });

export const wireMessage = z.discriminatedUnion('role', [system, user, assistant, tool, functionResult]);

const jsonSchema = z.record(z.string(), z.unknown());
const functionTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: jsonSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
});
const customTool = z.looseObject({
  type: z.literal('custom'),
  custom: z.looseObject({ name: z.string().min(1), description: z.string().nullish() }),
});
const otherTool = z.looseObject({
  type: z.string().refine((type) => type !== 'function' && type !== 'custom', {
    error: 'its fields do not fit its type',
    abort: true,
  }),
});
export const wireTool = z.union([z.discriminatedUnion('type', [functionTool, customTool]), otherTool]);

export const wireToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
  z.looseObject({ type: z.literal('custom'), custom: z.looseObject({ name: z.string() }) }),
  z.looseObject({
    type: z.literal('allowed_tools'),
    allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(z.looseObject({})) }),
  }),
]);

const plainFormat = z.looseObject({ type: z.enum(['text', 'json_object']) });
const schemaFormat = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({
    name: z.string(),
    description: z.string().nullish(),
    schema: jsonSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
});
export const wireFormat = z.discriminatedUnion('type', [plainFormat, schemaFormat]);
export type WireJsonSchema = z.infer<typeof schemaFormat>;

const tokens = z.int().min(0);

export const wireRequest = z.looseObject({
  model: z.string().min(1, 'it must name a model'),
  messages: z.array(wireMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens.nullish(),
  max_completion_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  tools: z.array(wireTool).nullish(),
  tool_choice: wireToolChoice.nullish(),
  functions: z.array(z.looseObject({ name: z.string().min(1) })).nullish(),
  function_call: z.union([z.string(), z.looseObject({ name: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: wireFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  service_tier: z.string().nullish(),
  store: z.boolean().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  modalities: z.array(z.string()).nullish(),
});

export type WireRequest = z.infer<typeof wireRequest>;
export type WireMessage = z.infer<typeof wireMessage>;
export type WirePart = z.infer<typeof wirePart>;
export type WireTool = z.infer<typeof wireTool>;
