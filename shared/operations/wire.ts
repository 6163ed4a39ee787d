import { z } from '@hono/zod-openapi';
import { GatewayError } from '../errors.ts';

/** The body of every refusal. */
export const errorBody = z
  .strictObject({
    error: z.strictObject({
      /** The kind of error, by which a program decides. */
      type: z.string(),
      message: z.string(),
      /** The field at fault, by its path. */
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi('Error');

export function errorBodyOf({ kind, message, param, code }: GatewayError): z.output<typeof errorBody> {
  return { error: { type: kind, message, param: param ?? null, code: code ?? null } };
}

export const jsonOf = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

const refused = (description: string) => jsonOf(errorBody, description);

/** What any path may refuse with. */
export const refusals = {
  400: refused('The request is not as the document says; `param` names the field.'),
  401: refused('No key, or a wrong one.'),
  403: refused('The key may not do this.'),
  404: refused('Nothing of this id, or no such path.'),
  405: refused('Another method is served here.'),
  409: refused('It contradicts what is there; the message says how.'),
  412: refused('Another change came first: the version is not that of `If-Match`.'),
  413: refused('The body is too large.'),
  415: refused('The body is not JSON.'),
  422: refused('Understood, but too much or not possible.'),
  429: refused('Too many wrong keys from this address; `retry-after` says how many seconds to wait.'),
  499: refused('The caller left.'),
  500: refused('A bug; the log has more under the `x-request-id`.'),
  503: refused('The table or the secrets are away.'),
  504: refused('It took too long.'),
} as const satisfies Record<number, ReturnType<typeof refused>>;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(2_000).optional().openapi({ description: 'The `next` of the page before.' }),
};

/** A page of a list; `next` is null on the last one. A page may be shorter than its limit, even empty, with more behind it. */
export const pageOf = <Schema extends z.ZodType>(schema: Schema, name: string) =>
  z.strictObject({ data: z.array(schema), next: z.string().nullable() }).openapi(name);

export const ifMatch = z.object({
  'if-match': z
    .string()
    .regex(/^"?\d{1,15}"?$/)
    .optional()
    .openapi({
      description: 'The `version` that the change is meant for; without it the change is made to the newest.',
    }),
});

/** The version that a caller names, if any. */
export const versionIn = ({ 'if-match': text }: z.output<typeof ifMatch>): number | undefined =>
  text === undefined ? undefined : Number(text.replaceAll('"', ''));

/** Of a name in a record, what is wrong with it stands one deeper. */
const saidOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

/** What was wrong with a request, as one error that names the first field at fault and describes all of them. */
export function invalid({ issues }: z.ZodError, target: string): GatewayError {
  const of = ({ path }: z.core.$ZodIssue): string => path.join('.') || target;
  const message = issues.slice(0, 10).map((issue) => `${of(issue)}: ${saidOf(issue)}`);
  return new GatewayError('invalid_request', message.join('; '), { param: issues[0] ? of(issues[0]) : target });
}
