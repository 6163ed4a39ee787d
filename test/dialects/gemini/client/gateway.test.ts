import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { last, sse } from '../wire.ts';
import { type GeminiStage, hello, openStage } from './stage.ts';

/** To providers of their own dialect the bytes of Google's clients pass, where they may. */
let stage: GeminiStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => void stage.provider.asked.splice(0));

describe('to a provider that speaks Gemini', () => {
  test('the bytes pass, also of fields that nobody knows, and the model stands in the path alone', async () => {
    const body = { ...last([{ text: 'Hi', newField: 1 }]), futureField: [1.0] };
    stage.answer({ body });
    const text =
      '{"model":"models/other","contents":[{"parts":[{"text":"hello"}]}],  "futureThing":{"big":12345678901234567890}}';
    const response = await stage.plain(text, '/v1beta/models/fast:generateContent');
    expect(await response.json()).toEqual(body);
    expect(stage.provider.asked[0]?.path).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
    expect(stage.provider.asked[0]?.text).toBe(
      '{"contents":[{"parts":[{"text":"hello"}]}],  "futureThing":{"big":12345678901234567890}}',
    );
    expect(stage.provider.asked[0]?.headers['x-goog-api-key']).toBe('key-of-GEMINI_API_KEY');
  });

  test('a stream’s bytes pass, and its usage is recorded', async () => {
    const body = sse({ ...last([{ text: 'Hi' }]), usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 3 } });
    stage.answer({ body: body.toString() });
    const before = stage.rig.requests.length;
    const response = await stage.plain(hello, '/v1beta/models/fast:streamGenerateContent?alt=sse');
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await response.text()).toBe(body.toString());
    await expect.poll(() => stage.rig.requests.length).toBe(before + 1);
    expect(stage.rig.requests.at(-1)).toMatchObject({
      ...{ dialect: 'gemini', askedModel: 'fast', streamed: true, usage: { input: 4, output: 3 } },
    });
  });

  test('a signature that the model made goes back to it as it was', async () => {
    stage.answer({ body: last([{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2VhbA==' }]) });
    const session = stage.sdk.chats.create({
      model: 'gemini/gemini-3-pro',
      config: { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    });
    await session.sendMessage({ message: 'go' });
    stage.answer({ body: last([{ text: 'done' }]) });
    await session.sendMessage({ message: [{ functionResponse: { name: 'f', response: { output: 'x' } } }] });
    const { contents } = stage.provider.asked[1]!.body as { contents: { parts: object[] }[] };
    expect(contents[1]?.parts).toEqual([{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2VhbA==' }]);
  });

  test('calls of another model, which no signature follows, get the word that stands for a lost one', async () => {
    stage.answer({ body: last([{ text: 'ok' }]) });
    const contents = [
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'x' } } }] },
    ];
    await stage.sdk.models.generateContent({ model: 'gemini/gemini-3-pro', contents });
    expect(stage.provider.asked[0]?.text).toContain('skip_thought_signature_validator');
  });

  test('tokens are counted by the model, under its own name', async () => {
    stage.answer({ body: { totalTokens: 31 } });
    const { totalTokens } = await stage.sdk.models.countTokens({ model: 'fast', contents: 'hello' });
    expect(totalTokens).toBe(31);
    expect(stage.provider.asked[0]?.path).toBe('/v1beta/models/gemini-2.5-flash:countTokens');
    const whole = '{"generateContentRequest":{"model":"models/fast","contents":[]}}';
    await stage.plain(whole, '/v1beta/models/fast:countTokens');
    expect(stage.provider.asked[1]?.body).toEqual({
      generateContentRequest: { model: 'models/gemini-2.5-flash', contents: [] },
    });
  });

  test('without alt=sse a stream is one JSON list, which the provider was asked for as events', async () => {
    stage.answer({ body: sse(last([{ text: 'Hi ' }]), last([{ text: 'there' }])).toString() });
    const response = await stage.plain(hello, '/v1beta/models/fast:streamGenerateContent');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const chunks = (await response.json()) as { candidates: { content: { parts: { text: string }[] } }[] }[];
    expect(chunks.flatMap(({ candidates }) => candidates[0]!.content.parts.map(({ text }) => text)).join('')).toBe(
      'Hi there',
    );
    expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
    expect(stage.provider.asked[0]?.path).toMatch(/alt=sse$/);
  });

  test('Google’s own tools, settings and parts survive where the request has to be translated', async () => {
    stage.answer({ body: sse(last([{ text: 'ok' }])).toString() });
    const body = {
      contents: [
        { role: 'user', parts: [{ text: 'a' }] },
        { role: 'model', parts: [{ executableCode: { code: '1' } }] },
        { role: 'user', parts: [{ text: 'b' }] },
      ],
      tools: [{ googleSearch: {} }],
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
      generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', temperature: 1 },
    };
    await (await stage.plain(JSON.stringify(body), '/v1beta/models/fast:streamGenerateContent')).text();
    expect(stage.provider.asked[0]?.body).toEqual(body);
  });
});
