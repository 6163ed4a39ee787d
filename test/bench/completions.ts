/** What the upstream says, in the shapes of the real API, encoded once: its own cost must not be what is measured. */

const id = 'chatcmpl-C4sVbN2kTqYhW8rLzXf1Jd6mPeGa0';
const created = 1_780_000_000;
const model = 'gpt-4o-mini-2024-07-18';
const usage = {
  prompt_tokens: 31,
  completion_tokens: 98,
  total_tokens: 129,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
};

export const wholeReply = Buffer.from(
  JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Short waves scatter more.', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
    service_tier: 'default',
    system_fingerprint: 'fp_560af6e559',
  }),
);

const words = ' Blue light scatters far more in air than red light does because its waves are shorter'.match(/ \w+/g)!;

/** The events of a stream, one Buffer each. Asked for usage, every chunk carries the field, and one more carries the count. */
export function streamEvents(chunks: number, withUsage: boolean): Buffer[] {
  const nothingYet = withUsage ? { usage: null } : {};
  const chunk = (delta: object, finish: string | null) =>
    event({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...nothingYet,
    });
  const content = Array.from({ length: chunks - 2 }, (_, at) => chunk({ content: words[at % words.length] }, null));
  return [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...content,
    chunk({}, 'stop'),
    ...(withUsage ? [event({ ...head, choices: [], usage })] : []),
    Buffer.from('data: [DONE]\n\n'),
  ];
}

const head = {
  id,
  object: 'chat.completion.chunk',
  created,
  model,
  service_tier: 'default',
  system_fingerprint: 'fp_560af6e559',
};

const event = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
