const MOST_CHARACTERS = 2000;

/** Shapes of secrets that providers echo in their errors: API keys, bearer tokens, AWS access keys, query keys. */
const secrets = [
  /\b(?:sk|pk|rk|gsk|xai|key|hf|r8)[-_][A-Za-z0-9_\-*.]{8,}/g,
  /\b(?:bce-v3\/|AIza|AKIA|ASIA|ABSK)[A-Za-z0-9_\-*./]{8,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /([?&](?:key|api[-_]?key|token|signature)=)[^&\s"']+/gi,
];

/** A provider's sentence fit for the caller: no markup, no secret, of bounded length; nothing where no sentence is left. */
export function cleanMessage(message: string | undefined): string | undefined {
  if (message === undefined || /<\s*(?:!doctype|html|head|body)\b/i.test(message)) return undefined;
  const masked = secrets
    .reduce((text, secret) => text.replace(secret, mask), message.slice(0, MOST_CHARACTERS * 2))
    .trim();
  return masked === '' ? undefined : masked.slice(0, MOST_CHARACTERS);
}

const mask = (_: string, queryName: unknown): string => (typeof queryName === 'string' ? `${queryName}***` : '***');
