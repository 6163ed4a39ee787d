import type { Time } from '../async/time.ts';
import type { Caller, IdentityCaller } from '../call/caller.ts';
import { type Group, ORGANIZATION, type VirtualKey } from '../call/virtual-key.ts';
import type { IamCallersConfig } from '../catalog/callers.ts';
import { keyHeader } from '../dialects/clients.ts';
import { GatewayError } from '../errors.ts';
import type { Headers, Principal } from '../http/message.ts';
import type { Identity } from '../identity/identity.ts';
import { isTokenLike } from '../identity/token.ts';
import type { Tokens } from '../identity/tokens.ts';
import type { Log } from '../log.ts';
import { iamIdentity } from './iam-identity.ts';
import { createMasterKeyCheck, type MasterKeys, sha256Of } from './master-key.ts';

export interface AuthenticatePorts {
  masterKeys: MasterKeys;
  keys: Keys;
  groups: Groups;
  /** Absent where tokens of no issuer are accepted. */
  tokens?: Tokens;
  /** Absent where callers do not sign their requests: then nothing that says who signed one is believed. */
  iamCallers?: IamCallersConfig;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

export interface Keys {
  /** The virtual key with this SHA-256 (hex), revoked and expired ones included. Fails where the table is away. */
  find(sha256: string): Promise<VirtualKey | undefined>;
}

export interface Groups {
  /** The group with this id; the organisation is one too. Fails where the table is away. */
  find(id: string): Promise<Group | undefined>;
}

/** Finds out who asks, by what the headers show and by who signed the request. */
type Authenticate = (headers: Headers, principal?: Principal) => Promise<Caller>;

/** The master key needs no table; without the table, other keys can be neither accepted nor refused. */
export function createAuthenticate({
  masterKeys,
  keys,
  groups,
  tokens,
  iamCallers,
  time,
  log,
}: AuthenticatePorts): Authenticate {
  const isMasterKey = createMasterKeyCheck(masterKeys);

  async function lookUp<Found>(find: () => Promise<Found>): Promise<Found> {
    try {
      return await find();
    } catch (cause) {
      log.warn('keys cannot be looked up', { cause });
      throw new GatewayError('overloaded', 'API keys cannot be checked at the moment.', { cause, retryAfter: 5 });
    }
  }

  async function groupsOf({ group: id }: VirtualKey, organization: Promise<Group | undefined>): Promise<Group[]> {
    const [own, all] = await lookUp(() => Promise.all([id === undefined ? undefined : groups.find(id), organization]));
    // Without its group it is not known what the key may do.
    if (id !== undefined && !own) throw new GatewayError('forbidden', 'The group of this API key does not exist.');
    // The organisation holds for every key: a key that names it as its group is not held to it twice.
    return [own?.id === ORGANIZATION ? undefined : own, all].filter((group) => group !== undefined);
  }

  /** The organisation is looked up beside the caller, and awaited only for one that is let in. */
  function findOrganization(): Promise<Group | undefined> {
    const organization = groups.find(ORGANIZATION);
    organization.catch(() => {});
    return organization;
  }

  async function callerOf(identity: Identity, organization = findOrganization()): Promise<IdentityCaller> {
    const { id, name, groups: ids = [] } = identity;
    const named = ids.filter((group) => group !== ORGANIZATION);
    const [all, ...found] = await lookUp(() =>
      Promise.all([organization, ...named.map((group) => groups.find(group))]),
    );
    const own = found.find((group) => group !== undefined);
    if (identity.groups && !own) throw new GatewayError('forbidden', unknownGroup(named));
    return { type: 'identity', id, name, identity, groups: [own, all].filter((group) => group !== undefined) };
  }

  return async (headers, principal) => {
    if (iamCallers && principal && isOnlySigned(headers)) return callerOf(iamIdentity(principal, iamCallers));
    const presented = presentedKey(headers);
    const digest = sha256Of(presented);
    if (await isMasterKey(digest)) return { type: 'master' };
    if (isTokenLike(presented)) {
      if (!tokens) throw wrongKey('Tokens are not accepted here. Send an API key.');
      const organization = findOrganization();
      return callerOf(await tokens.verify(presented, digest), organization);
    }
    const organization = findOrganization();
    const finding = lookUp(() => keys.find(digest));
    const found = await finding.catch(() => undefined);
    // Perhaps the master key was changed a moment ago.
    if (!found && (await isMasterKey(digest, true))) return { type: 'master' };
    if (!(await finding) || !found) throw wrongKey('Incorrect API key provided.');
    if (found.revoked) throw wrongKey('This API key has been revoked.');
    if (found.expiresAt !== undefined && found.expiresAt * 1000 <= time.now())
      throw wrongKey('This API key has expired.');
    return { type: 'key', id: found.id, name: found.name, key: found, groups: await groupsOf(found, organization) };
  };
}

function unknownGroup(ids: readonly string[]): string {
  if (ids.length === 0) return 'None of the groups that you belong to is a group of this gateway.';
  const [noun, verb] = ids.length === 1 ? ['group', 'does'] : ['groups', 'do'];
  return `The ${noun} ${ids
    .slice(0, 5)
    .map((id) => `'${id}'`)
    .join(', ')} that you belong to ${verb} not exist in this gateway.`;
}

/** Its signature stands where a key would. A key that is sent in `x-api-key` beside it counts: it says more exactly who asks. */
const isOnlySigned = (headers: Headers): boolean =>
  !apiKeyIn(headers) && /^(?:aws4-|$)/i.test(headers.authorization?.trim() ?? '');

/** Anthropic's clients send `x-api-key`, Azure's `api-key`, Google's the header that their dialect names. */
const apiKeyIn = (headers: Headers): string | undefined =>
  headers['x-api-key']?.trim() || headers['api-key']?.trim() || headers[keyHeader]?.trim();

/** The key a request carries. One in a header for keys alone wins over `authorization`, as at the vendors. */
export function presentedKey(headers: Headers): string {
  const apiKey = apiKeyIn(headers);
  if (apiKey) return apiKey;
  const authorization = headers.authorization?.trim();
  if (!authorization) {
    throw wrongKey(
      "You didn't provide an API key. Send it in the header 'Authorization: Bearer <key>', 'x-api-key' or 'api-key'.",
      null,
    );
  }
  // Two headers arrive joined by a comma on Lambda: it is unknown which of them was meant.
  const found = /^bearer\s+([^\s,]+)$/i.exec(authorization);
  if (!found) throw wrongKey("The header 'Authorization' must be of the form 'Bearer <key>'.");
  return found[1]!;
}

function wrongKey(message: string, code: string | null = 'invalid_api_key'): GatewayError {
  return new GatewayError('unauthenticated', message, code === null ? {} : { code });
}
