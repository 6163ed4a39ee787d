/** What the command line reports in place of a stack of calls. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** 1: it was refused or failed; 2: the command is wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface Request {
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** The version that a change is meant for. */
  version?: number;
  /** The member by which an answer is known for one of Sluice's; its `id` unless given. */
  member?: string;
}

/** The administration over HTTP, of a gateway on this machine or a deployed one. */
export interface Client {
  call<Answer>(method: string, path: string, request?: Request): Promise<Answer>;
  /** All items of a list, page by page, up to so many. */
  all<Item>(path: string, most: number, query?: Request['query']): Promise<Item[]>;
}

const TIMEOUT_MS = 60_000;
const PAGE = 100;

export function createClient({ url, key }: { url: string; key: string }): Client {
  const base = `${url.replace(/\/+$/, '').replace(/(?:\/admin)?\/v1$/, '')}/admin/v1`;

  async function call<Answer>(
    method: string,
    path: string,
    { query = {}, body, version, member = 'id' }: Request = {},
  ): Promise<Answer> {
    const present = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
    const response = await send(`${base}${path}${search}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(version === undefined ? {} : { 'if-match': String(version) }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new CommandError(refusalOf(response, text));
    const answer = parsed(text);
    if (typeof answer !== 'object' || answer === null || !(member in answer))
      throw new CommandError(foreignAnswer(response));
    return answer as Answer;
  }

  async function send(address: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(address, init);
    } catch (cause) {
      const { message, cause: inner } = cause as Error;
      const reason = inner instanceof Error ? inner.message || String(inner) : message;
      throw new CommandError(`${base} cannot be reached: ${reason}`);
    }
  }

  return {
    call,
    async all(path, most, query = {}) {
      const items: never[] = [];
      let cursor: string | undefined;
      do {
        const limit = String(Math.min(PAGE, most));
        const page: { data: never[]; next: string | null } = await call('GET', path, {
          query: { ...query, limit, cursor },
          member: 'data',
        });
        items.push(...page.data);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && items.length < most);
      return items.slice(0, most);
    },
  };
}

function refusalOf(response: Response, text: string): string {
  const { error } = (parsed(text) ?? {}) as { error?: { message?: unknown } | null };
  const message = error?.message;
  return typeof message === 'string' ? `${message}${requestOf(response)}` : foreignAnswer(response);
}

const foreignAnswer = (response: Response): string =>
  `status ${response.status} from something that is not Sluice's administration; is SLUICE_URL right?${requestOf(response)}`;

function requestOf({ headers }: Response): string {
  const id = headers.get('x-request-id');
  return id ? ` (request ${id})` : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever answered, it is not the administration.
    return undefined;
  }
}
