import { describe, expect, test } from 'vitest';
import { chunk, hello, last, readWhole, streamed, usageMetadata } from './wire.ts';

describe('usage', () => {
  const counted = { input: 40, output: 42, cacheRead: 32, reasoning: 30 };

  test('#41 #42 it is the total of the last word on it, thinking within the output, cached within the input; streamed and whole alike', () => {
    expect(streamed(hello).usage).toEqual(counted);
    expect(readWhole(last([{ text: 'Hello' }])).usage).toEqual(counted);
    expect(counted.input + counted.output).toBe(usageMetadata.totalTokenCount);
  });

  test('#42 a count that only an earlier chunk had still holds', () => {
    const chunks = [
      chunk([{ text: 'a' }], {}, { promptTokenCount: 9, cachedContentTokenCount: 4 }),
      chunk([], { finishReason: 'STOP' }, { promptTokenCount: 9, candidatesTokenCount: 2 }),
    ];
    expect(streamed(chunks).usage).toEqual({ input: 9, output: 2, cacheRead: 4 });
  });

  test('#45 thinking that the model counts within its answer is counted once; texts and nonsense are read as numbers or nothing', () => {
    const within = { promptTokenCount: 10, candidatesTokenCount: 20, thoughtsTokenCount: 15, totalTokenCount: 30 };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, within)]).usage).toEqual({
      input: 10,
      output: 20,
      reasoning: 15,
    });
    const odd = {
      promptTokenCount: '7',
      candidatesTokenCount: null,
      thoughtsTokenCount: 'x',
      toolUsePromptTokenCount: 3,
    };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, odd)]).usage).toEqual({ input: 10, output: 0 });
    expect(streamed([{ candidates: [{ finishReason: 'STOP' }], usageMetadata: null }]).usage).toBeUndefined();
  });

  test('sound is counted on both sides', () => {
    const usage = {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'AUDIO', tokenCount: 8 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 5 }],
    };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, usage)]).usage).toMatchObject({
      audioInput: 8,
      audioOutput: 5,
    });
  });
});
