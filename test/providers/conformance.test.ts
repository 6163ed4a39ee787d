import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  apiNames,
  bytesOf,
  dialectOf,
  expectedOf,
  missingFiles,
  readMaterial,
  requestOf,
  targetOf,
  wireFolders,
  written,
} from './wire.ts';

/**
 * Every preset, and every endpoint of one, against its vendor's material in `test/wire/<preset>/` or `test/wire/<preset>-<dialect>/`: a reply, a stream and an error as the vendor's
 * documentation shows them, and the request that the vendor would get from us. All files are written by us.
 */

/** A preset whose files are not all there fails once, in the first test: without its material nothing can be compared. */
const complete = apiNames.filter((preset) => missingFiles(preset).length === 0);

const modelTarget = (preset: string) => targetOf(preset, expectedOf(preset).model);
const expectedAnswers = (preset: string) => {
  const { reply, stream, error } = expectedOf(preset);
  return { reply, stream, error };
};

const othersOfDialect = (preset: string): string[] =>
  complete.filter((other) => other !== preset && dialectOf(other) === dialectOf(preset));

test('every preset and endpoint has a folder with all its files, and every folder one of them', () => {
  expect(apiNames.flatMap(missingFiles), 'README, "Add a provider", says what is in each').toEqual([]);
  expect(wireFolders().filter((folder) => !apiNames.includes(folder))).toEqual([]);
});

describe.each(complete)('%s', (preset) => {
  test('names the page it follows and what is peculiar to it', () => {
    const { page, peculiar } = expectedOf(preset);
    expect(page).toMatch(preset === 'business' ? /^README\.md/ : /^https:\/\//);
    expect(peculiar.length, 'a sentence of more than 20 characters').toBeGreaterThan(20);
  });

  test('gets the request that it takes, at its own address', () => {
    expect(written(modelTarget(preset)).summary).toEqual(requestOf(preset));
  });

  test('is understood: its reply, its stream and its error', () => {
    expect(readMaterial(preset, modelTarget(preset))).toEqual(expectedAnswers(preset));
  });
});

describe('two vendors’ folders cannot be swapped', () => {
  test.each(complete)('the answers of %s are those expected of no other vendor', (preset) => {
    const confused = othersOfDialect(preset).filter((other) => {
      const found = readMaterial(preset, modelTarget(other));
      const expected = expectedAnswers(other);
      return isDeepStrictEqual(found.reply, expected.reply) || isDeepStrictEqual(found.stream, expected.stream);
    });
    expect(confused, 'these would pass with the same files: show what is peculiar to this vendor').toEqual([]);
  });

  test.each(complete)('the folder of %s fails as that of any other vendor', (preset) => {
    const { model } = expectedOf(preset);
    const confused = othersOfDialect(preset).filter(
      (other) =>
        isDeepStrictEqual(written(targetOf(other, model)).summary, requestOf(preset)) ||
        bytesOf(other) === bytesOf(preset),
    );
    expect(confused).toEqual([]);
  });
});
