import { expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { GatewayError } from '../../shared/errors.ts';
import { describe as describeImage, isImagesFault } from '../../shared/vision/describe.ts';
import type { VisionPorts } from '../../shared/vision/ports.ts';
import { portsOf } from '../roads/stage.ts';
import { callOf } from '../support/calls.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { targetOf } from '../support/targets.ts';

const source = { type: 'data', mediaType: 'image/png', data: 'AAAA' } as const;
const notUsed = () => Promise.reject(new Error('not used here'));

/** One image, described by as many describers as there are texts: each answers with its own. */
async function describe(...texts: string[]) {
  const { call } = await callOf();
  const answers = portsOf('{}');
  let asked = 0;
  const ports: VisionPorts = {
    ...answers,
    config: loadCatalog({ providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } } }).config,
    time: createFakeTime(),
    log: { warn: () => {} },
    images: { recognize: notUsed, load: notUsed },
    descriptions: { find: notUsed, obtain: notUsed, clear: notUsed, statistics: notUsed, failed() {}, flush: notUsed },
    send: (request) => {
      const message = { role: 'assistant', content: texts[asked++] };
      const reply = { id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
      return portsOf(JSON.stringify(reply)).send(request);
    },
  };
  const describers = texts.map((_, at) => ({ name: `d${at}`, targets: [targetOf(`d${at}/m`)] }));
  const image = { type: 'image', source, at: 'messages[0].content[0]' } as const;
  const loaded = { source, digest: 'd', bytes: 3 };
  const task = { call, image, loaded, question: '', describers, signal: call.signal };
  const described = await describeImage(task, ports).catch((thrown: GatewayError) => thrown);
  return { described, asked };
}

test.each([
  ['first', ['A longer text.', 'A dot.', 'Red.']],
  ['middle', ['A dot.', 'A longer text.', 'Red.']],
  ['last', ['A dot.', 'Red.', 'A longer text.']],
])('of answers that are all too short the longest is taken, also when it is the %s', async (_, texts) => {
  expect(await describe(...texts)).toEqual({ described: { text: 'A longer text.', isCut: false }, asked: 3 });
});

test('the first answer that is long enough is taken, and no other describer is asked', async () => {
  const good = 'A red dot on a white background.';
  expect(await describe('A dot.', good, 'not asked')).toEqual({ described: { text: good, isCut: false }, asked: 2 });
});

test('where no describer gives a description, the failure says so', async () => {
  const { described } = await describe('', '');
  expect(described).toMatchObject({ kind: 'upstream', message: 'The vision model gave no description.' });
});

test('an image is at fault where a describer refuses the request itself', () => {
  expect(isImagesFault(new GatewayError('invalid_request', 'no'))).toBe(true);
  expect(isImagesFault(new GatewayError('rate_limited', 'no'))).toBe(false);
});
