/** A model as a caller is shown it. */
export interface ListedModel {
  /** The name callers use. */
  id: string;
  provider: string;
}

/** Epoch seconds. Providers do not say when a model was made; a fixed moment keeps the answer the same from call to call. */
export const MODEL_CREATED = 1_735_689_600;
