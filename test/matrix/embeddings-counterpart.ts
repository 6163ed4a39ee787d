import { answers, failing, RETRY_AFTER } from './scenarios.ts';
import type { Asked, StandIn } from './wire-tap.ts';

/** Two texts, so that an order can be wrong; each has a vector of its own, exact as 32-bit floats. */
export const embedded = ['a lamp', 'a longer lamp'];
export const vectorOf = (text: string): number[] => [text.length, 0.5, -0.25];

/** A provider's vectors in its own form, for a question that asks for some. */
export function vectorsFor({ path, body }: Asked): StandIn | undefined {
  const form = forms.find(({ at }) => at.test(path));
  if (!form) return undefined;
  const texts = form.texts(body as never);
  for (const [name, status] of [['limited', 429] as const, ['unfit', 400] as const]) {
    if (!texts.includes(failing[name])) continue;
    return { status, headers: { 'retry-after': String(RETRY_AFTER) }, body: form.error(answers[name], status) };
  }
  return { status: 200, body: form.vectors(texts.map(vectorOf), body) };
}

interface Form {
  at: RegExp;
  texts(body: never): string[];
  vectors(vectors: number[][], body: Record<string, unknown>): object;
  error(message: string, status: number): object;
}

const base64Of = (values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
const plainError = (message: string): object => ({ message });

const forms: readonly Form[] = [
  {
    at: /\/v1\/embeddings$/,
    texts: ({ input }: { input: string | string[] }) => [input].flat(),
    vectors: (vectors, { encoding_format: encoding, model }) => ({
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: encoding === 'base64' ? base64Of(vector) : vector,
      })),
      model,
      usage: { prompt_tokens: 3, total_tokens: 3 },
    }),
    error: (message) => ({ error: { message, type: 'requests', param: null, code: null } }),
  },
  {
    at: /:batchEmbedContents$/,
    texts: ({ requests }: { requests: { content: { parts: { text: string }[] } }[] }) =>
      requests.map(({ content }) => content.parts[0]!.text),
    vectors: (vectors) => ({ embeddings: vectors.map((values) => ({ values })) }),
    error: (message, code) => ({
      error: { code, message, status: code === 429 ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT' },
    }),
  },
  {
    at: /\/v2\/embed$/,
    texts: ({ texts }: { texts: string[] }) => texts,
    vectors: (vectors) => ({
      id: 'emb-1',
      embeddings: { float: vectors },
      meta: { billed_units: { input_tokens: 3 } },
    }),
    error: plainError,
  },
  {
    // Titan takes one text a call.
    at: /\/model\/amazon\.titan-embed[^/]*\/invoke$/,
    texts: ({ inputText }: { inputText: string }) => [inputText],
    vectors: ([embedding]) => ({ embedding, inputTextTokenCount: 3 }),
    error: plainError,
  },
];
