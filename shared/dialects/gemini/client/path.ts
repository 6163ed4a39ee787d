import type { RequestUrl } from '../../dialect.ts';

export const actions = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
] as const;
export type Action = (typeof actions)[number];

const addressed = new RegExp(`/models/(.+)(?::|%3a)(${actions.join('|')})/*$`, 'i');

/** What a request says by its address. */
export interface Addressed {
  model: string;
  /** Empty where the address names none. */
  action: Action | '';
  /** A stream comes as server-sent events where that is asked for, else as one JSON list. */
  isEvents: boolean;
}

/**
 * Reads `/v1beta/models/{model}:{action}?alt=sse`. The action stands behind the last colon, since models' ids may hold some; a client
 * may encode any of it, and may write the model as `models/…` once more.
 */
export function readUrl({ path, query }: RequestUrl = { path: '', query: '' }): Addressed {
  const found = addressed.exec(path);
  const asked = new URLSearchParams(query);
  return {
    model: plainModel(decoded(found?.[1] ?? '')),
    action: actions.find((name) => name === found?.[2]) ?? '',
    isEvents: (asked.get('alt') ?? asked.get('$alt')) === 'sse',
  };
}

/** A model's name without the word for its kind, by which Google's clients begin it. */
export const plainModel = (name: string): string => name.replace(/^models\//, '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The table of routes has refused such paths already.
    return text;
  }
}
