import type { IamCallersConfig } from '../catalog/callers.ts';
import { GatewayError } from '../errors.ts';
import type { Principal } from '../http/message.ts';
import { type Identity, identityId } from '../identity/identity.ts';
import { bounded } from '../log.ts';
import { matches } from './rules.ts';

const LONGEST_ARN = 2048;
const LONGEST_ID = 250;
const LONGEST_NAME = 200;

/**
 * Who signed a request. Limits and records are those of the role, not of its session: whoever assumes a role chooses the
 * session's name, and could have new limits with each. Only the roles of IAM Identity Center are different, since it names the
 * session after the person who signed in.
 */
export function iamIdentity({ arn }: Principal, { groups, rules }: IamCallersConfig): Identity {
  if (!/^arn:[\w-]+:(?:iam|sts)::\d*:\S+$/.test(arn) || arn.length > LONGEST_ARN)
    throw new GatewayError('unauthenticated', 'The ARN of the caller cannot be read.');
  const group = groups.find((mapped) => isLike(mapped.arn, arn))?.group;
  return {
    id: ownerOf(arn),
    owner: bounded(arn, LONGEST_NAME),
    name: bounded(arn.slice(arn.lastIndexOf('/') + 1), LONGEST_NAME),
    ...(group === undefined ? {} : { groups: [group] }),
    ...(rules ? { rules } : {}),
  };
}

/** Field by field: a `*` for the account must not reach into the name, of which its owner may choose a part. */
function isLike(pattern: string, arn: string): boolean {
  const fields = fieldsOf(arn);
  return pattern === '*' || fieldsOf(pattern).every((field, at) => matches(field, fields[at]!));
}

/** Partition, service, region, account, and the resource with all colons in it. */
function fieldsOf(arn: string): string[] {
  const fields = arn.split(':');
  return [...fields.slice(0, 5), fields.slice(5).join(':')];
}

/** `arn:aws:sts::123456789012:assumed-role/team/session` without its session. */
function ownerOf(arn: string): string {
  const session = /^(arn:[\w-]+:sts::\d*:(?:assumed-role\/([^/]+)|federated-user))\/[^/]*$/.exec(arn);
  const isPerson = session?.[2]?.startsWith('AWSReservedSSO_') ?? false;
  const owner = session && !isPerson ? session[1]! : arn;
  return owner.length <= LONGEST_ID ? owner : identityId('arn', owner);
}
