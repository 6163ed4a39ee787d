import * as z from 'zod';

/**
 * Requests for `generateContent` as they come over the wire, in their plain form: what we know is typed, what we do not know stays.
 * @see https://ai.google.dev/api/generate-content#method:-models.generatecontent
 */

const text = z.string().nullish();
const object = z.record(z.string(), z.unknown());

const inlineData = z.looseObject({ mimeType: z.string().min(1), data: z.string(), displayName: text });
const fileData = z.looseObject({ fileUri: z.string().min(1), mimeType: text, displayName: text });

const functionCall = z.looseObject({ id: text, name: z.string().min(1), args: object.nullish() });

const functionResponse = z.looseObject({
  id: text,
  name: z.string().min(1),
  response: object.nullish(),
  /** Media that the tool gave back. */
  parts: z.array(z.looseObject({ inlineData: inlineData.nullish(), fileData: fileData.nullish() })).nullish(),
});

export const wirePart = z.looseObject({
  text,
  /** The text is thinking. */
  thought: z.boolean().nullish(),
  thoughtSignature: text,
  inlineData: inlineData.nullish(),
  fileData: fileData.nullish(),
  functionCall: functionCall.nullish(),
  functionResponse: functionResponse.nullish(),
});

export const wireContent = z.looseObject({
  role: z.enum(['user', 'model', 'function'], { error: 'it must be user or model' }).nullish(),
  parts: z.array(wirePart).nullish(),
});

export const wireDeclaration = z.looseObject({
  name: z.string().min(1),
  description: text,
  /** In Google's subset of OpenAPI. */
  parameters: object.nullish(),
  parametersJsonSchema: object.nullish(),
});

export const wireTool = z.looseObject({ functionDeclarations: z.array(wireDeclaration).nullish() });

export const wireConfig = z.looseObject({
  temperature: z.number().min(0).max(2).nullish(),
  topP: z.number().min(0).max(1).nullish(),
  topK: z.number().min(0).nullish(),
  candidateCount: z.int().min(1).max(8).nullish(),
  maxOutputTokens: z.int().min(0).nullish(),
  stopSequences: z.array(z.string()).nullish(),
  seed: z.int().nullish(),
  presencePenalty: z.number().nullish(),
  frequencyPenalty: z.number().nullish(),
  responseLogprobs: z.boolean().nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  responseMimeType: text,
  responseSchema: object.nullish(),
  responseJsonSchema: object.nullish(),
  thinkingConfig: z
    .looseObject({ includeThoughts: z.boolean().nullish(), thinkingBudget: z.int().nullish(), thinkingLevel: text })
    .nullish(),
});

export const wireRequest = z.looseObject({
  contents: z.array(wireContent).min(1, 'contents are not specified'),
  systemInstruction: z.looseObject({ parts: z.array(wirePart).nullish() }).nullish(),
  tools: z.array(wireTool).nullish(),
  toolConfig: z
    .looseObject({
      functionCallingConfig: z
        .looseObject({ mode: text, allowedFunctionNames: z.array(z.string()).nullish() })
        .nullish(),
    })
    .nullish(),
  generationConfig: wireConfig.nullish(),
  cachedContent: text,
});

export type WireRequest = z.infer<typeof wireRequest>;
export type WireContent = z.infer<typeof wireContent>;
export type WirePart = z.infer<typeof wirePart>;
export type WireTool = z.infer<typeof wireTool>;
export type WireConfig = z.infer<typeof wireConfig>;
