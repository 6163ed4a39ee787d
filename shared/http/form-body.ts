import { type JsonBody, readJsonBody } from './json.ts';
import { editMembers } from './json-members.ts';
import { boundaryOf, fieldsOf, readForm, withField } from './multipart.ts';

/** A form as a body: its fields are the value. Throws `invalid_request`. */
export const formIn = (contentType: string, bytes: Uint8Array): JsonBody =>
  formWith(boundaryOf(contentType), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

function formWith(boundary: string, bytes: Buffer): JsonBody {
  const form = readForm(bytes, boundary);
  return { bytes, value: fieldsOf(bytes, form), members: [], form };
}

/** The body of a request whose path names the model: what the body says of it does not count, and it need not say anything. */
export function withModel(body: JsonBody, model: string): JsonBody {
  const { bytes, form, value } = body;
  if (form) return formWith(form.boundary, withField(bytes, form, 'model', model));
  if (value.model === model) return body;
  return readJsonBody(editMembers(body, { set: { model: JSON.stringify(model) } }), unbounded);
}

/** The caller's own body was within its bounds. */
const unbounded = { depth: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };
