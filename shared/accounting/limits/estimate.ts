import { estimateTokens } from '../../chat/usage.ts';
import type { JsonBody } from '../../http/json.ts';
import { MEDIA_TOKENS, mediaTokens } from './media-tokens.ts';

/** A value with members, the name it stands at, and whether all in it is said to the model. */
interface Place {
  value: object;
  name: string;
  isSaid: boolean;
}

/**
 * Tokens of a request's body, roughly, before it is read: a quarter of the bytes of all its texts, and a flat price for each piece of
 * media. Media is only what stands where a provider reads media: anything else is text to a model, whatever it looks like. Takes any
 * body.
 */
export function estimateInput(body: unknown): number {
  let bytes = 0;
  let media = 0;
  const open: Place[] = [];

  function add(value: unknown, name: string, parent: Place | undefined, isSaid: boolean): void {
    if (typeof value === 'string') {
      const tokens = isSaid ? undefined : mediaTokens(value, name, parent);
      if (tokens === undefined) bytes += Buffer.byteLength(value);
      else media += tokens;
    } else if (typeof value === 'number') bytes += 4;
    else if (typeof value === 'object' && value !== null) open.push({ value, name, isSaid });
  }

  add(body, '', undefined, false);
  for (let place = open.pop(); place; place = open.pop()) {
    const { value, name, isSaid } = place;
    if (Array.isArray(value)) for (const item of value) add(item, name, undefined, isSaid);
    else {
      for (const [member, inner] of Object.entries(value)) {
        bytes += member.length;
        add(inner, member, place, isSaid || isFree(member, inner));
      }
    }
  }
  return estimateTokens(bytes) + media;
}

/** The same for a body that may be a form: each of its files is a piece of media. */
export function estimateBody({ value, form }: Pick<JsonBody, 'value' | 'form'>): number {
  const files = form?.parts.filter(({ isFile }) => isFile).length ?? 0;
  return estimateInput(value) + files * MEDIA_TOKENS;
}

/** Arguments of calls and forms of tools: objects of any members, which a model is shown as JSON. */
const freeNames: ReadonlySet<string> = new Set(
  'input arguments parameters input_schema schema args response parametersJsonSchema'.split(' '),
);

const isFree = (name: string, value: unknown): boolean => freeNames.has(name) && !Array.isArray(value);
