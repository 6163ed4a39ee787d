const MOST_CHARACTERS = 2000;
/** Longest code, type or path of a field. */
const MOST_NAME_CHARACTERS = 200;

/** Shapes of secrets that providers echo: API keys, tokens, AWS access keys, query keys. What stands in the first group stays. */
const secrets: readonly RegExp[] = [
  /\b(?:sk|pk|rk|ak|gsk|xai|key|hf|r8|fw|tgp)[-_][A-Za-z0-9_\-*.]{8,}/g,
  /\b(?:bce-v3\/|AIza|AKIA|ASIA|ABSK|AROA|AIDA|ya29\.|eyJ)[A-Za-z0-9_\-*./]{8,}/g,
  /\b(Bearer\s)\s{0,8}[A-Za-z0-9._~+/=-]{8,}/gi,
  /([?&](?:key|api[-_]?key|token|signature|credential)=)[^&\s"']+/gi,
];

/**
 * What names the owner's accounts in a provider's words: ids of organizations and projects, ARNs, account numbers, the paths of
 * resources, e-mail addresses. What stands in the first group stays. A colon or slash may be written as JSON or an address does.
 *
 * Ids behind no such word stay: a caller needs those of requests and responses, and model names hold dates and dashes.
 */
const accounts: readonly RegExp[] = [
  // An ARN has five colons, with or without spaces around them.
  /arn\s{0,2}(?::|\\{1,4}u003a|%(?:25)?3a)\s{0,2}aws[a-z-]{0,12}(?:\s{0,2}(?::|\\{1,4}u003a|%(?:25)?3a)\s{0,2}[^\s:'"`,;)\]}%\\]{0,128}){1,4}[^\s'"`,;)\]}]*/gi,
  // Of AWS's accounts, as ARNs and as the console writes them; no part of a GUID.
  /(?<!\d|\d\.|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)\d{12}(?!\d|\.\d)/gi,
  /(?<!\d|[0-9a-f]{4}-)\d{4}[-\u2010-\u2013]\d{4}[-\u2010-\u2013]\d{4}(?!\d|-[0-9a-f]{4})/gi,
  /(\baccount(?:[\s_-]?(?:id|number))?['"]?[\s:=#('"`]{1,4})\d{4}[ .]\d{4}[ .]\d{4}(?!\d)/gi,
  // E-mail addresses of service accounts and people.
  /(?<![\w.%+-])[\w.%+-]+(?:@|%40|\\{1,4}u0040)(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![a-z0-9])/gi,
  // GUIDs, and ids of 32 digits, behind a word for what they name.
  /((?:subscriptions?|tenants?|directory|principal|organi[sz]ations?|org|accounts?|projects?|teams?|workspaces?|application|client|object|resources?|deployments?|customer|identity|environment)(?:[\s_-]?(?:id|guid|uuid|number|name))?(?: is| of| with id)?\\?['"]?(?:[\s:=/('"<`[#\\_-]|%2f|%3a|%3d|%20|%22|%27){1,6})(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}(?![0-9a-f]))/gi,
  // Azure's resources.
  /((?:\/|%(?:25)?2f|\\{1,4}u002f)(?:subscriptions|resourceGroups)(?:\\?\/|%(?:25)?2f|\\{1,4}u002f))(?![{<])[^\s/\\%"'`?&,;)\]}]+/gi,
  /(\bresource\s?group(?: name)?:?\s?['"`])[^'"`]{1,90}/gi,
  /(\/providers\/Microsoft\.[a-z.]{1,60}\/[a-z]{1,60}\/)(?![{<])[^\s"'`,;)\]}]+/gi,
  // A model's name may hold an account's, and is the caller's own word; the other words are of permissions and vendors' pages.
  /((?:\/|%(?:25)?2f|\\{1,4}u002f)accounts(?:\\?\/|%(?:25)?2f|\\{1,4}u002f))(?![{<]|(?:billing|overview|settings|usage|limits|login|signup|api-keys|openai|aiservices|maas|read|write|delete|listkeys)(?![\w-])|[\w.-]{1,40}\/models\/)[^\s/\\%"'`?&,;)\]}]+/gi,
  // Google's projects, by name and number.
  /((?<![a-z])projects(?:\\?\/|%(?:25)?2f|\\{1,4}u002f))[a-z][a-z0-9:.-]{4,60}(?=\\?\/|%(?:25)?2f|\\{1,4}u002f|['"`])/gi,
  /((?<![a-z])projects\/)(?=[a-z]{1,60}[-\d])[a-z0-9:.-]{5,61}(?<![:.])/gi,
  /(\bproject[\s:]{1,2}['"`]?)[a-z][a-z0-9:.-]{3,60}(?=['"`]?\s{0,2}\((?:project )?(?:number|id)\b|['"`]? before or\b)/gi,
  /(\bproject(?:[\s_-]?id)?['"]?[\s:='"`]{1,4})(?=[a-z0-9]{1,60}-)(?=[a-z-]{1,60}\d)[a-z][a-z0-9-]{4,60}/gi,
  /(\bproject[_\s-]?id['"]?\s?[:=]\s?['"`]?)(?=[a-z]{1,60}-)[a-z][a-z0-9-]{4,60}/gi,
  /(\bprojects?\s(?:id\s)?['"`])[\w.:-]{3,64}(?=['"`])/gi,
  /((?<![a-z])projects?(?:[/:\s_=#-]|%2f|%3a|%20)(?:(?:number|id)[:=\s]{1,3})?['"`]?)\d{6,20}\b/gi,
  /(\(number[\s:]{1,2})\d{6,20}\b/gi,
  /([?&](?:project|organi[sz]ation|account|subscription|tenant|workspace)(?:_?(?:id|number))?=)[^&\s"'`)]+/gi,
  /(\b(?:organization|project|account|workspace) ['"`(]{0,2})(?:org|proj|acct|wrkspc)[-_][a-z0-9_-]{6,}/gi,
];

/** `org-AbC…` and its like; which of them are ids and which are words (`org-level-limits`), the letters tell. */
const prefixed = /(?<![a-z0-9])(?:org|proj|acct|cust|wrkspc|organization|account|workspace)[-_]([a-z0-9_-]{6,})/gi;

/** A provider's sentence fit for the caller: no markup, no secret, of bounded length; nothing where no sentence is left. */
export function cleanMessage(message: string | undefined): string | undefined {
  if (message === undefined || /<\s{0,8}(?:!doctype|html|head|body)\b/i.test(message)) return undefined;
  const text = withoutSecrets(message.slice(0, MOST_CHARACTERS * 2)).trim();
  return text === '' ? undefined : text.slice(0, MOST_CHARACTERS).toWellFormed();
}

/** A provider's code, type or path of a field, in the same way. */
export const cleanName = (name: string): string => withoutSecrets(name.slice(0, MOST_NAME_CHARACTERS)).toWellFormed();

function withoutSecrets(text: string): string {
  const masked = [...secrets, ...accounts].reduce((left, shape) => left.replace(shape, mask), text);
  return masked.replace(prefixed, (id, body: string) => (isLikeId(body) ? '***' : id));
}

const mask = (_: string, kept: unknown): string => (typeof kept === 'string' ? `${kept}***` : '***');

/** Words have few digits and capitals within, and end before 20 letters. */
const isLikeId = (body: string): boolean =>
  body.split(/[-_]/).some((part) => part.length >= 20 || (part.length >= 6 && /\d/.test(part))) ||
  count(body, /[a-z][A-Z]/g) >= 2 ||
  (/[a-z]/i.test(body) && count(body, /\d/g) >= 4);

const count = (text: string, shape: RegExp): number => text.match(shape)?.length ?? 0;
