import { GatewayError } from '../errors.ts';

/** A part of a form, as offsets of its content into the body. */
interface Part {
  name: string;
  isFile: boolean;
  start: number;
  end: number;
}

/** A form read and measured; its bytes are kept, and what is not edited leaves as it came. */
export interface Form {
  boundary: string;
  parts: readonly Part[];
}

/** More than any API takes in one form. */
const MOST_PARTS = 200;
const MOST_HEADER_BYTES = 8 * 1024;
/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
/** Longest text of a field that is looked up by its name, in bytes. */
const MOST_FIELD_BYTES = 1_000;

export const isFormType = (contentType: string): boolean => /^multipart\/form-data(?:\s*;|\s*$)/i.test(contentType);

/** The boundary that a form's content type names. Throws `invalid_request`. */
export function boundaryOf(contentType: string): string {
  if (contentType.length > 1_000) throw refusal("The header 'content-type' is longer than 1000 characters.");
  const [, ...parameters] = contentType.split(';').map((parameter) => parameter.trim());
  const named = parameters.filter((parameter) => /^boundary=/i.test(parameter));
  if (named.length !== 1) throw refusal("The header 'content-type' of a form must name one boundary.");
  const value = named[0]!.slice('boundary='.length);
  const boundary = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  if (BOUNDARY.test(boundary)) return boundary;
  throw refusal("The boundary in the header 'content-type' must be 1 to 70 characters of those that RFC 2046 names.");
}

/** The content type of a form with this boundary, as any HTTP client can send it. */
export const formType = (boundary: string): string =>
  `multipart/form-data; boundary=${/^[\w'+.-]+$/.test(boundary) ? boundary : `"${boundary}"`}`;

/**
 * Finds the parts of a form in one pass, without a copy of its files. Strict where servers differ in how they read: text around the
 * parts, a boundary within one, names that are escaped. Were it not, the field that was checked might not be the one that the
 * provider reads. Throws `invalid_request`.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function readForm(bytes: Buffer, boundary: string): Form {
  const delimiter = Buffer.from(`--${boundary}`);
  if (!bytes.subarray(0, delimiter.length).equals(delimiter))
    throw refusal('The form does not begin with its boundary.');
  const parts: Part[] = [];
  let at = delimiter.length;
  while (!isClosed(bytes, at)) {
    if (!isLineEnd(bytes, at)) throw refusal('A boundary of the form is not followed by the end of its line.');
    if (parts.length === MOST_PARTS) throw refusal(`The form has more than ${MOST_PARTS} parts.`);
    const next = bytes.indexOf(delimiter, at + 2);
    if (next === -1) throw refusal('The form breaks off: its last boundary is missing.');
    parts.push(readPart(bytes, at + 2, next));
    at = next + delimiter.length;
  }
  const rest = bytes.length - at - 2;
  if (rest > 0 && !(rest === 2 && isLineEnd(bytes, at + 2)))
    throw refusal('The form goes on behind its last boundary.');
  return { boundary, parts };
}

const CR = 13;
const LF = 10;
const DASH = 45;

const isLineEnd = (bytes: Buffer, at: number): boolean => bytes[at] === CR && bytes[at + 1] === LF;
const isClosed = (bytes: Buffer, at: number): boolean => bytes[at] === DASH && bytes[at + 1] === DASH;

/** A part between the end of one boundary's line and the next boundary. */
function readPart(bytes: Buffer, from: number, next: number): Part {
  const end = next - 2;
  if (end < from || !isLineEnd(bytes, end))
    throw refusal('The boundary of the form stands inside of one of its parts.');
  const head = bytes.subarray(from, Math.min(end, from + MOST_HEADER_BYTES));
  const headEnd = head.indexOf('\r\n\r\n');
  if (headEnd === -1) throw refusal('A part of the form has no headers, or more than 8 KB of them.');
  return { ...readHead(head.toString('utf8', 0, headEnd)), start: from + headEnd + 4, end };
}

const ENCODING = 'content-transfer-encoding';

function readHead(text: string): Pick<Part, 'name' | 'isFile'> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    // A line that begins with a space goes on with the one before it, which not every server knows.
    if (!/^[a-z0-9-]+$/.test(name) || /[\r\n\0]/.test(line))
      throw refusal('A part of the form has a header that cannot be read.');
    if (headers.has(name)) throw refusal(`A part of the form has the header '${name}' twice.`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const encoding = headers.get(ENCODING)?.toLowerCase() ?? 'binary';
  if (!['binary', '8bit', '7bit'].includes(encoding))
    throw refusal(`A part of the form is sent in another ${ENCODING}.`);
  return readDisposition(headers.get('content-disposition') ?? '');
}

function readDisposition(value: string): Pick<Part, 'name' | 'isFile'> {
  const parameters = new Map<string, string>();
  // A quoted text, in which a quote is escaped, or a plain word.
  const parameter = /;[ \t]{0,8}([a-z*]{1,20})=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))[ \t]{0,8}/iy;
  parameter.lastIndex = 'form-data'.length;
  let isRead = /^form-data/i.test(value);
  while (isRead && parameter.lastIndex < value.length) {
    const found = parameter.exec(value);
    const key = found?.[1]?.toLowerCase() ?? '';
    isRead = found !== null && !parameters.has(key);
    parameters.set(key, found?.[2] ?? found?.[3] ?? '');
  }
  const name = parameters.get('name');
  const isPlain = name !== undefined && !parameters.has('name*') && isPlainName(name);
  if (isRead && isPlain) return { name, isFile: parameters.has('filename') || parameters.has('filename*') };
  throw refusal('A part of the form has no content-disposition of the form \'form-data; name="…"\' with a plain name.');
}

/** Servers differ in what escapes and percent signs in a name stand for. */
const isPlainName = (name: string): boolean => /^[^"\\%]{1,200}$/.test(name) && !hasControls(name);

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 32 || text.charCodeAt(at) === 127) return true;
  return false;
}

/** The fields of a form that are no files, as an object; a name that comes several times has a list. */
export function fieldsOf(bytes: Buffer, { parts }: Form): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const { name, isFile, start, end } of parts) {
    if (isFile) continue;
    const text = bytes.toString('utf8', start, end);
    const before = fields.get(name);
    if (before === undefined) fields.set(name, text);
    else if (Array.isArray(before)) before.push(text);
    else fields.set(name, [before, text]);
  }
  return Object.fromEntries(fields);
}

/** A server that ignores case, spaces or brackets would take one for the other. */
const plain = (name: string): string => name.trim().toLowerCase().replace(/\[.*$/, '');

/** The one part of a name, which must be a short text; undefined where there is none. Throws `invalid_request`. */
function partOf({ parts }: Form, name: string): Part | undefined {
  const [part, twin] = parts.filter((candidate) => plain(candidate.name) === name);
  if (twin) throw refusal(`The form has the field '${name}' twice.`, name);
  if (!part) return undefined;
  if (part.name !== name) throw refusal(`The form has a field '${part.name}'; it must be written '${name}'.`, name);
  if (part.isFile) throw refusal(`Invalid '${name}': expected a text, but got a file.`, name);
  if (part.end - part.start <= MOST_FIELD_BYTES) return part;
  throw refusal(`Invalid '${name}': longer than ${MOST_FIELD_BYTES} bytes.`, name);
}

/** The text of a short field that comes once at most. Throws `invalid_request`. */
export function textOf(bytes: Buffer, form: Form, name: string): string | undefined {
  const part = partOf(form, name);
  if (!part) return undefined;
  const content = bytes.subarray(part.start, part.end);
  const text = content.toString('utf8');
  if (Buffer.from(text).equals(content)) return text;
  throw refusal(`Invalid '${name}': it is not UTF-8.`, name);
}

/** The form's bytes with one field's text set and every other byte as it came; a field that is missing becomes the first. */
export function withField(bytes: Buffer, form: Form, name: string, text: string): Buffer {
  // With a line end in it, the text could hold a part of its own.
  if (hasControls(text)) throw refusal(`Invalid '${name}': it holds a control character.`, name);
  const part = partOf(form, name);
  if (part) return Buffer.concat([bytes.subarray(0, part.start), Buffer.from(text), bytes.subarray(part.end)]);
  const first = `--${form.boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  return Buffer.concat([Buffer.from(first), bytes]);
}

const refusal = (message: string, param?: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });
