/** Streams as they come over the wire; synthetic, after Cohere's documentation of its events. */

export const event = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

const message = (fields: object): object => ({ delta: { message: fields } });

export const start = event('message-start', {
  id: '29f14a5a-11de-4cae-9800-25e4747408ea',
  ...message({ role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }),
});

export const contentStart = (index: number, type = 'text'): string =>
  event('content-start', { index, ...message({ content: { type, [type]: '' } }) });
export const text = (index: number, words: string): string =>
  event('content-delta', { index, ...message({ content: { text: words } }) });
export const thinking = (index: number, words: string): string =>
  event('content-delta', { index, ...message({ content: { thinking: words } }) });
export const contentEnd = (index: number): string => event('content-end', { index });
export const plan = (words: string): string => event('tool-plan-delta', message({ tool_plan: words }));
export const callStart = (index: number, id: string, name: string, args: unknown = ''): string =>
  event('tool-call-start', {
    index,
    ...message({ tool_calls: { id, type: 'function', function: { name, arguments: args } } }),
  });
export const callDelta = (index: number, args: unknown): string =>
  event('tool-call-delta', { index, ...message({ tool_calls: { function: { arguments: args } } }) });
export const callEnd = (index: number): string => event('tool-call-end', { index });
export const citation = (index: number, fields: object): string =>
  event('citation-start', { index, ...message({ citations: fields }) }) + event('citation-end', { index });
export const end = (reason = 'COMPLETE', extra: object = {}): string =>
  event('message-end', {
    id: '29f14a5a-11de-4cae-9800-25e4747408ea',
    delta: {
      finish_reason: reason,
      usage: {
        billed_units: { input_tokens: 5, output_tokens: 20 },
        tokens: { input_tokens: 71, output_tokens: 23 },
        cached_tokens: 16,
      },
      ...extra,
    },
  });

export const bytes = (...parts: string[]): Uint8Array => Buffer.from(parts.join(''));

export const hello = [start, contentStart(0), text(0, 'Hel'), text(0, 'lo 世界 🌍'), contentEnd(0), end()];

export const weather = [
  start,
  plan('I will look '),
  plan('it up.'),
  callStart(0, 'weather_1', 'weather'),
  callDelta(0, '{"city":'),
  callDelta(0, '"Paris"}'),
  callEnd(0),
  callStart(1, 'clock_2', 'clock'),
  callEnd(1),
  end('TOOL_CALL'),
];
