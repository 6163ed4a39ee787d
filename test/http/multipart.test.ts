import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import {
  boundaryOf,
  fieldsOf,
  formType,
  isFormType,
  readForm,
  textOf,
  withField,
} from '../../shared/http/multipart.ts';

const B = 'form-B7';

interface Written {
  name: string;
  value: string | Buffer;
  filename?: string;
}

function formOf(parts: readonly Written[], boundary = B): Buffer {
  const pieces = parts.flatMap(({ name, value, filename }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: audio/mpeg`}\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A form of one part with this head. */
const headed = (head: string): Buffer => Buffer.from(`--${B}\r\n${head}\r\n\r\nx\r\n--${B}--\r\n`);

const refusal = (message: string | RegExp) =>
  expect.objectContaining({ kind: 'invalid_request', message: expect.stringMatching(message) });

describe('the content type', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;BOUNDARY="a b:c"', 'a b:c'],
    ['multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary0AaZ', '----WebKitFormBoundary0AaZ'],
  ])('%s names its boundary', (type, boundary) => {
    expect(isFormType(type)).toBe(true);
    expect(boundaryOf(type)).toBe(boundary);
    expect(boundaryOf(formType(boundary))).toBe(boundary);
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=a; boundary=b',
    `multipart/form-data; boundary=${'a'.repeat(71)}`,
    `multipart/form-data; boundary=${'a'.repeat(10_000)}`,
    'multipart/form-data; boundary="a<b"',
    'multipart/form-data; boundary="a "',
  ])('%s is refused', (type) => {
    expect(() => boundaryOf(type)).toThrow(refusal('boundary|content-type'));
  });

  test.each(['multipart/mixed; boundary=a', 'multipart/form-database', 'application/json'])('%s is no form', (type) => {
    expect(isFormType(type)).toBe(false);
  });
});

describe('a form', () => {
  test('is read into its fields, and its files stay where they are', () => {
    const file = Buffer.from([0, 255, 13, 10, 45, 45, 13, 10]);
    const bytes = formOf([
      { name: 'file', value: file, filename: 'a.mp3' },
      { name: 'tags[]', value: 'one' },
      { name: 'tags[]', value: 'two' },
      { name: 'tags[]', value: '' },
      { name: '__proto__', value: 'x' },
      { name: 'model', value: 'wörd' },
    ]);
    const form = readForm(bytes, B);
    expect(form.parts.map(({ name, isFile }) => [name, isFile])).toContainEqual(['file', true]);
    const [first] = form.parts;
    expect(bytes.subarray(first!.start, first!.end)).toEqual(file);
    const fields = fieldsOf(bytes, form);
    expect(Object.keys(fields)).toEqual(['tags[]', '__proto__', 'model']);
    expect(fields['tags[]']).toEqual(['one', 'two', '']);
    expect(textOf(bytes, form, 'model')).toBe('wörd');
    expect(textOf(bytes, form, 'prompt')).toBeUndefined();
  });

  test('with nothing in it has no parts', () => {
    expect(readForm(Buffer.from(`--${B}--`), B).parts).toEqual([]);
    expect(readForm(Buffer.from(`--${B}--\r\n`), B).parts).toEqual([]);
  });

  test.each<[string, string | Buffer, string]>([
    ['without a beginning', 'model=x', 'does not begin'],
    ['with text before it', `hello\r\n${formOf([])}`, 'does not begin'],
    ['with text behind it', `${formOf([])}hello`, 'goes on behind'],
    ['without an end', `--${B}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx`, 'breaks off'],
    ['that ends within its first boundary', `--${B}`, 'not followed'],
    [
      'with line feeds alone',
      formOf([{ name: 'a', value: 'x' }])
        .toString()
        .replaceAll('\r', ''),
      'not followed',
    ],
    ['with its boundary within a line', formOf([{ name: 'a', value: `x--${B}` }]), 'inside of one of its parts'],
    ['with its boundary behind a lone line feed', formOf([{ name: 'a', value: `x\n--${B}` }]), 'inside of one of its'],
    ['with a longer boundary', formOf([{ name: 'a', value: `x\r\n--${B}2` }]), 'not followed'],
    ['with a part that is all boundary', `--${B}\r\n--${B}--`, 'inside of one of its parts'],
    ['without headers', headed('').toString().replace('\r\n\r\n', '\r\n'), 'no headers'],
    ['with more than 8 KB of headers', headed(`x-long: ${'a'.repeat(9_000)}`), 'no headers'],
    ['with 201 parts', formOf(Array.from({ length: 201 }, () => ({ name: 'a', value: '' }))), '200 parts'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => readForm(Buffer.from(bytes), B)).toThrow(refusal(message));
  });

  test.each([
    'Content-Disposition: form-data',
    'Content-Disposition: attachment; name="a"',
    'Content-Disposition: form-data; name="a"; name="b"',
    'Content-Disposition: form-data; name="a" b',
    'Content-Disposition: form-data; name="mo\\del"',
    'Content-Disposition: form-data; name="%6Dodel"',
    "Content-Disposition: form-data; name*=UTF-8''model",
    'Content-Disposition: form-data; name="a',
    'Content-Disposition: form-data; name=""',
    'Content-Disposition: form-data; name="a\tb"',
    'Content-Type: text/plain',
    'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"',
    'Content-Disposition: form-data;\r\n name="a"',
    'Content-Disposition: form-data; name="a"\nx: y',
    'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
    'no header',
  ])('with a part headed %j is refused', (head) => {
    expect(() => readForm(headed(head), B)).toThrow(refusal('part of the form'));
  });

  test.each([
    ['content-disposition:form-data;name=a', 'a', false],
    ['Content-Disposition: form-data; filename="q\\"; name=\\"b"; name="a"', 'a', true],
    ['Content-Disposition: form-data; name="a"; filename=""', 'a', true],
    ['Content-Disposition: form-data; name="a"; filename*=UTF-8\'\'n', 'a', true],
    ['Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: 8BIT', 'a', false],
  ])('with a part headed %j is read', (head, name, isFile) => {
    expect(readForm(headed(head), B).parts).toMatchObject([{ name, isFile }]);
  });
});

describe('a field that is looked up', () => {
  test.each<[string, Written[], string]>([
    ['twice', [1, 2].map(() => ({ name: 'model', value: 'a' })), 'twice'],
    [
      'beside one that a server may take for it',
      [
        { name: 'model', value: 'a' },
        { name: 'Model[]', value: 'b' },
      ],
      'twice',
    ],
    ['in capitals', [{ name: 'MODEL', value: 'a' }], "must be written 'model'"],
    ['as a file', [{ name: 'model', value: 'a', filename: 'm' }], 'got a file'],
    ['of 10 kB', [{ name: 'model', value: 'a'.repeat(10_000) }], 'longer than 1000 bytes'],
    ['that is not UTF-8', [{ name: 'model', value: Buffer.from([0xff]) }], 'not UTF-8'],
  ])('%s is refused', (_, parts, message) => {
    const bytes = formOf(parts);
    const form = readForm(bytes, B);
    expect(() => textOf(bytes, form, 'model')).toThrow(
      expect.objectContaining({ param: 'model', message: expect.stringContaining(message) }),
    );
  });

  test('is replaced, and all other bytes stay as they came', () => {
    const file = { name: 'file', value: Buffer.alloc(1_000_000, 7), filename: 'a' };
    const rest = { name: 'prompt', value: 'say model' };
    const bytes = formOf([file, { name: 'model', value: 'alias' }, rest]);
    const edited = withField(bytes, readForm(bytes, B), 'model', 'vendor/real');
    expect(edited).toEqual(formOf([file, { name: 'model', value: 'vendor/real' }, rest]));
  });

  test('is added as the first part where there is none', () => {
    const bytes = formOf([{ name: 'prompt', value: 'x' }]);
    const edited = withField(bytes, readForm(bytes, B), 'model', 'm');
    expect(fieldsOf(edited, readForm(edited, B))).toEqual({ model: 'm', prompt: 'x' });
    expect(edited.subarray(-bytes.length)).toEqual(bytes);
  });

  test('takes no text that could hold a part of its own', () => {
    const bytes = formOf([{ name: 'model', value: 'a' }]);
    const evil = `m\r\n--${B}\r\nContent-Disposition: form-data; name="model"\r\n\r\nother`;
    expect(() => withField(bytes, readForm(bytes, B), 'model', evil)).toThrow(refusal('control character'));
  });
});

test('whatever is in its parts, a form is read as it was written, or refused', () => {
  const part = fc.record({
    name: fc.constantFrom('file', 'model', 'prompt', 'a[]'),
    value: fc.oneof(
      fc.uint8Array().map(Buffer.from),
      fc.string(),
      fc.constantFrom('\r\n', '--', `\r\n--${B}`, `--${B}--`),
    ),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const bytes = formOf(parts);
      const holdsBoundary = parts.some(({ value }) => Buffer.from(value).includes(`--${B}`));
      if (holdsBoundary) {
        expect(() => readForm(bytes, B)).toThrow(GatewayError);
        return;
      }
      const form = readForm(bytes, B);
      expect(form.parts.map(({ name, start, end }) => [name, bytes.subarray(start, end)])).toEqual(
        parts.map(({ name, value }) => [name, Buffer.from(value)]),
      );
    }),
  );
});
