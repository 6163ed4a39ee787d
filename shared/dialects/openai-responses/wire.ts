import * as z from 'zod';
import { isJsonObject } from '../../http/json.ts';

/**
 * A request for OpenAI's Responses as it comes over the wire: what we know is typed, what we do not know stays as it is.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */

const isNot = (known: ReadonlySet<string>) =>
  z.string().refine((type) => !known.has(type), { error: 'its fields do not fit its type', abort: true });

const nullableText = z.string().nullish();
const inputText = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const image = z.looseObject({
  type: z.literal('input_image'),
  image_url: nullableText,
  detail: nullableText,
  file_id: nullableText,
});
const file = z.looseObject({
  type: z.literal('input_file'),
  file_data: nullableText,
  file_url: nullableText,
  filename: nullableText,
  file_id: nullableText,
});
const knownContent = new Set(['input_text', 'output_text', 'text', 'refusal', 'input_image', 'input_file']);
export const wireContent = z.union([
  z.discriminatedUnion('type', [inputText, refusal, image, file]),
  z.looseObject({ type: isNot(knownContent) }),
]);
const content = z.union([z.string(), z.array(wireContent)]);

const message = z.looseObject({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
});
const summary = z.array(z.looseObject({ text: z.string() }));
const reasoning = z.looseObject({
  type: z.literal('reasoning'),
  id: nullableText,
  summary: summary.nullish(),
  content: summary.nullish(),
  encrypted_content: nullableText,
});
const callId = z.string().min(1, 'it must name a call');
const functionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: callId,
  name: z.string(),
  arguments: z.string(),
});
const customCall = z.looseObject({
  type: z.literal('custom_tool_call'),
  call_id: callId,
  name: z.string(),
  input: z.string(),
});
const output = z.looseObject({
  type: z.enum(['function_call_output', 'custom_tool_call_output']),
  call_id: callId,
  output: content,
});
const reference = z.looseObject({ type: z.literal('item_reference'), id: z.string() });
const knownItems = new Set([
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'item_reference',
]);
const otherItem = z.looseObject({ type: isNot(knownItems) });

const typedItem = z.union([
  z.discriminatedUnion('type', [message, reasoning, functionCall, customCall, output, reference]),
  otherItem,
]);

/** A message may leave out its type, and so may a reference, which is all but an id. */
export const wireItem = z.preprocess((item) => {
  if (!isJsonObject(item) || item.type != null) return item;
  return { ...item, type: 'role' in item || !('id' in item) ? 'message' : 'item_reference' };
}, typedItem);

const jsonSchema = z.record(z.string(), z.unknown());
const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1),
  description: nullableText,
  parameters: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
});
const customTool = z.looseObject({ type: z.literal('custom'), name: z.string().min(1), description: nullableText });
const otherTool = z.looseObject({ type: isNot(new Set(['function', 'custom'])) });
export const wireTool = z.union([z.discriminatedUnion('type', [functionTool, customTool]), otherTool]);

export const wireToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.enum(['function', 'custom']), name: z.string() }),
  z.looseObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({})),
  }),
  z.looseObject({ type: isNot(new Set(['function', 'custom', 'allowed_tools'])) }),
]);

const schemaFormat = z.looseObject({
  type: z.literal('json_schema'),
  name: z.string(),
  description: nullableText,
  schema: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
});
const plainFormat = z.looseObject({ type: z.enum(['text', 'json_object']) });

export const wireRequest = z.looseObject({
  model: z.string().min(1, 'it must name a model'),
  input: z.union([z.string(), z.array(wireItem)]),
  instructions: nullableText,
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({}).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(wireTool).nullish(),
  tool_choice: wireToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z.looseObject({ effort: nullableText, summary: nullableText }).nullish(),
  text: z
    .looseObject({
      format: z.discriminatedUnion('type', [plainFormat, schemaFormat]).nullish(),
      verbosity: nullableText,
    })
    .nullish(),
  include: z.array(z.string()).nullish(),
  store: z.boolean().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  user: nullableText,
  safety_identifier: nullableText,
  service_tier: nullableText,
  truncation: nullableText,
  previous_response_id: nullableText,
  conversation: z.union([z.string(), z.looseObject({})]).nullish(),
  background: z.boolean().nullish(),
  prompt: z.looseObject({}).nullish(),
});

export type WireRequest = z.infer<typeof wireRequest>;
export type WireItem = z.infer<typeof wireItem>;
export type WireContent = z.infer<typeof wireContent>;
export type WireTool = z.infer<typeof wireTool>;
