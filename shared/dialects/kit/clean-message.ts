const MOST_CHARACTERS = 2000;
/** Longest code, type or path of a field. */
const MOST_NAME_CHARACTERS = 200;

/** 8-4-4-4-12 hexadecimal digits. */
const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const OWNERS =
  'subscriptions?|tenants?|directory|principal|organi[sz]ations?|org|accounts?|projects?|teams?|workspaces?|application|client|object|resource';

/**
 * Shapes of secrets that providers echo in their errors: API keys, tokens, AWS access keys, query keys. And of what names the
 * owner's accounts: ids of organisations and projects, ARNs, AWS's account numbers, Azure's subscriptions and tenants.
 * What stands in the first group stays.
 */
const masked: readonly RegExp[] = [
  /\b(?:sk|pk|rk|ak|gsk|xai|key|hf|r8|fw|tgp)[-_][A-Za-z0-9_\-*.]{8,}/g,
  /\b(?:bce-v3\/|AIza|AKIA|ASIA|ABSK|AROA|AIDA|ya29\.|eyJ)[A-Za-z0-9_\-*./]{8,}/g,
  /\b(Bearer\s)\s{0,8}[A-Za-z0-9._~+/=-]{8,}/gi,
  /([?&](?:key|api[-_]?key|token|signature|credential)=)[^&\s"']+/gi,
  /\barn:aws[a-z-]{0,12}:[^\s'"`,;)\]}]+/gi,
  /\b(?:org|proj|acct|cust)[-_](?=[A-Za-z0-9]{0,40}\d)[A-Za-z0-9]{6,}/g,
  /\b(?:organization|account|workspace)[-_](?=[A-Za-z0-9]{0,40}\d)[A-Za-z0-9]{8,}/g,
  new RegExp(`\\b((?:${OWNERS})(?:[\\s_-]?id)?(?: is)?['"]?[\\s:=/('"<\`]{1,4})${GUID}`, 'gi'),
  /(\/resourceGroups\/)[^/\s"'`]+/gi,
  /(\bprojects?[/:\s_=-](?:(?:number|id)[:=\s]{1,3})?['"`]?)\d{6,20}\b/gi,
  /(\bprojects\/)[a-z][a-z0-9-]{4,29}(?=\/)/g,
  /(?<![\d.])\d{12}(?![\d.])/g,
];

/** A provider's sentence fit for the caller: no markup, no secret, of bounded length; nothing where no sentence is left. */
export function cleanMessage(message: string | undefined): string | undefined {
  if (message === undefined || /<\s{0,8}(?:!doctype|html|head|body)\b/i.test(message)) return undefined;
  const text = withoutSecrets(message.slice(0, MOST_CHARACTERS * 2)).trim();
  return text === '' ? undefined : text.slice(0, MOST_CHARACTERS).toWellFormed();
}

/** A provider's code, type or path of a field, in the same way. */
export const cleanName = (name: string): string => withoutSecrets(name.slice(0, MOST_NAME_CHARACTERS)).toWellFormed();

const withoutSecrets = (text: string): string => masked.reduce((cleaned, shape) => cleaned.replace(shape, mask), text);

const mask = (_: string, kept: unknown): string => (typeof kept === 'string' ? `${kept}***` : '***');
