/** The key that every caller of the bench sends. */
export const MASTER_KEY = 'sk-sluice-bench-0123456789abcdef0123456789abcdef';

export interface RequestBody {
  /** What the upstream is to play; callers ask for it as `bench/<model>`. */
  model: 'small' | 'stream100' | 'paced';
  stream: boolean;
  size: 'small' | 'megabyte';
}

/**
 * A request as an official client writes it. Streams do not ask for usage, as most callers do not: the gateway must ask for
 * it itself and keep the extra event back.
 */
export function requestBody({ model, stream, size }: RequestBody): Buffer {
  const question = { role: 'user', content: 'Why is the sky blue, and why is it red in the evening?' };
  return Buffer.from(
    JSON.stringify({
      model: `bench/${model}`,
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        ...(size === 'megabyte' ? longConversation() : []),
        question,
      ],
      temperature: 0.7,
      max_tokens: 1000,
      ...(stream ? { stream: true } : {}),
    }),
  );
}

const MEGABYTE = 1_000_000;

/** What an agent sends after some hours: hundreds of turns with quoted code in them. */
function longConversation() {
  const paragraph = 'The function reads "config.json" and returns\n\tits parsed value; größer ist nicht besser. ';
  const content = paragraph.repeat(44);
  const bytesOfTurn = Buffer.byteLength(JSON.stringify(content)) + 32;
  return Array.from({ length: Math.round(MEGABYTE / bytesOfTurn) }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content,
  }));
}
