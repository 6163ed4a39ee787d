import { expect, test } from 'vitest';
import { formIn, withModel } from '../../shared/http/form-body.ts';
import { readJsonBody } from '../../shared/http/json.ts';

const type = 'multipart/form-data; boundary=B';
const part = (name: string, value: string, file = '') =>
  `--B\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;

test('a form is a body whose value is its fields', () => {
  const text = `${part('model', 'm')}${part('file', 'abc', '; filename="a"')}--B--`;
  const body = formIn(type, Buffer.from(text));
  expect(body).toMatchObject({ value: { model: 'm' }, members: [], form: { boundary: 'B' } });
  expect(body.form?.parts.map(({ isFile }) => isFile)).toEqual([false, true]);
  expect(body.bytes.toString()).toBe(text);
});

test('a model that the path names is set in JSON, where the body names another or none', () => {
  const named = (text: string) => withModel(readJsonBody(Buffer.from(text)), 'path');
  expect(named('{"n": 1.0 ,"model":"other","m":[1]}').bytes.toString()).toBe('{"n": 1.0 ,"model":"path","m":[1]}');
  const without = named('{"n":1917043659912705296}');
  expect(without.bytes.toString()).toBe('{"n":1917043659912705296,"model":"path"}');
  expect(without.value.model).toBe('path');
  expect(named('{"model":7}').value.model).toBe('path');
});

test('a body that names the same model is left as it is', () => {
  const body = readJsonBody(Buffer.from('{"model":"m"}'));
  expect(withModel(body, 'm')).toBe(body);
});

test('a model that the path names is set in a form, where it has one or none', () => {
  for (const text of [`${part('model', 'other')}--B--`, `${part('prompt', 'x')}--B--`]) {
    expect(withModel(formIn(type, Buffer.from(text)), 'path').value).toMatchObject({ model: 'path' });
  }
});
