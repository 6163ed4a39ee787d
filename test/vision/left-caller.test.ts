import { expect, onTestFinished, test } from 'vitest';
import { completion, sendJson, sleep } from '../support/provider.ts';
import { MASTER_KEY, startRig } from '../support/rig.ts';
import { dataUrl, definitionOf, openStage, png, wordsFor } from './stage.ts';

test('what the second describer costs is recorded for the caller who asked first, though that one has left', async () => {
  const thinker = { targets: 'mind/text-1', sees: false, vision: ['eyes/vision-1', 'eyes/vision-2'] };
  const stage = await openStage();
  const rig = await startRig({ definition: definitionOf(stage, {}, { thinker }) });
  onTestFinished(async () => {
    await rig.close();
    await stage.close();
  });
  stage.script.eyes = async ({ body }, response) => {
    await sleep(150);
    const isFirst = body.model === 'vision-1';
    if (isFirst) sendJson(response, 500, { error: { message: 'not now' } });
    else
      sendJson(
        response,
        200,
        completion(wordsFor(png('left early')), {
          usage: { prompt_tokens: 70, completion_tokens: 7, total_tokens: 77 },
        }),
      );
    return true;
  };
  const content = [{ type: 'image_url', image_url: { url: dataUrl(png('left early')) } }];
  const asked = { model: 'thinker', messages: [{ role: 'user', content }] };
  const leaving = new AbortController();
  const body = JSON.stringify(asked);
  const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body };
  const first = fetch(`${rig.url}/v1/chat/completions`, { ...init, signal: leaving.signal }).catch(() => 'left');
  await sleep(50);
  const second = rig.post(asked);
  await sleep(50);
  leaving.abort();
  await Promise.all([first, second.then((response) => response.text())]);
  await rig.records(2);
  const lines = rig.requests.flatMap(({ attempts }) => attempts).filter(({ purpose }) => purpose === 'vision');
  expect(lines).toMatchObject([
    { model: 'vision-1', error: 'upstream' },
    { model: 'vision-2', usage: { input: 70, output: 7 } },
  ]);
});
