/** What a request's tokens are for, as records and the rules of keys say it, and how a sentence says it. */
export const purposes = {
  chat: 'conversations',
  embedding: 'embeddings',
  moderation: 'moderations',
  rerank: 'reranking',
  image: 'images',
  speech: 'speech',
  transcription: 'transcriptions',
} as const;

export type Purpose = keyof typeof purposes;

export const purposeNames = Object.keys(purposes) as Purpose[];
