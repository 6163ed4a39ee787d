/** A model as a caller is shown it. What is not known is absent. */
export interface ListedModel {
  /** The name callers use. */
  id: string;
  provider: string;
  /** What its provider calls it. */
  model?: string | undefined;
  /** For people to read; the name callers use unless there is another. */
  displayName?: string | undefined;
  /** Most tokens of a conversation, its answer included. */
  contextLength?: number | undefined;
  /** Most tokens of what is sent. */
  maxInputTokens?: number | undefined;
  /** Most tokens of an answer. */
  maxOutputTokens?: number | undefined;
  /** It takes images. */
  sees?: boolean | undefined;
  /** It calls tools. */
  tools?: boolean | undefined;
  /** It thinks before it answers. */
  thinks?: boolean | undefined;
}

/** Epoch seconds. Providers do not say when a model was made; a fixed moment keeps the answer the same from call to call. */
export const MODEL_CREATED = 1_735_689_600;
