import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import type { KeyRecord } from '../../../shared/operations/records.ts';
import { CommandError } from '../client.ts';
import { clientOf, outputOf } from '../context.ts';
import { type Columns, day, printRows } from '../output.ts';
import {
  type ProviderOptions,
  providerFields,
  removableProviderFields,
  withProviderOptions,
} from '../provider-options.ts';
import { describeRules, type RuleOptions, ruleNames, rulesOf, withRuleOptions } from '../rules.ts';
import { duration, pairs, positiveNumber, several, timeToCome } from '../values.ts';

type Key = KeyRecord & { version: number };
type NewKey = Key & { key: string };

interface KeyOptions extends RuleOptions, ProviderOptions {
  name?: string;
  owner?: string;
  group?: string;
  expires?: number;
  tag?: Record<string, string>;
  metadata?: Record<string, string>;
}

const columns: Columns<Key> = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['state', stateOf],
  ['ends in', ({ hint }) => hint && `…${hint}`],
  ['owner', ({ owner }) => owner],
  ['group', ({ group }) => group],
  ['expires', ({ expiresAt }) => day(expiresAt)],
  ['made', ({ createdAt }) => day(createdAt)],
  ['rules', ({ rules }) => describeRules(rules)],
];

const secretColumns: Columns<NewKey> = [['key', ({ key }) => key], ...(columns as Columns<NewKey>)];

export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('virtual keys');

  withKeyOptions(keys.command('create').description('make a key; it is shown this once'))
    .requiredOption('--name <text>', 'what the key is called')
    .action(async (options: KeyOptions, command: Command) => {
      const made = await clientOf(command).call<NewKey>('POST', '/keys', { body: fieldsOf(options) });
      await showSecret(made, command);
    });

  withKeyOptions(keys.command('import').description('take over a key that exists elsewhere'))
    .requiredOption('--name <text>', 'what the key is called')
    .option('--sha256 <hex>', 'the SHA-256 of its text')
    .option('--from-stdin', 'read its text from the standard input; only the SHA-256 is sent')
    .action(async (options: KeyOptions & { sha256?: string; fromStdin?: boolean }, command: Command) => {
      const sha256 = options.fromStdin ? await digestOfInput() : options.sha256;
      if (!sha256) throw new CommandError('Give --sha256, or --from-stdin with the key on the standard input.', 2);
      const made = await clientOf(command).call<Key>('POST', '/keys/import', {
        body: { ...fieldsOf(options), sha256 },
      });
      await printRows([made], columns, { ...outputOf(command), whole: made });
    });

  keys
    .command('list')
    .description('keys, newest first')
    .option('--group <id>', 'those of a group')
    .option('--limit <number>', 'at most so many', positiveNumber, 1_000)
    .action(async ({ group, limit }: { group?: string; limit: number }, command: Command) => {
      const rows = await clientOf(command).all<Key>('/keys', limit, { group });
      await printRows(rows, columns, outputOf(command));
    });

  keys
    .command('show <id>')
    .description('one key')
    .action(async (id: string, _: object, command: Command) => {
      const key = await clientOf(command).call<Key>('GET', path(id));
      await printRows([key], columns, { ...outputOf(command), whole: key });
    });

  withKeyOptions(keys.command('update <id>').description('change a key; what is not named stays'))
    .option('--name <text>', 'what the key is called')
    .option('--remove <names>', `what to remove: ${removable.join(', ')}`, several)
    .action(async (id: string, options: KeyOptions & { remove?: string[] }, command: Command) => {
      const removed = checkedNames(options.remove ?? []);
      const client = clientOf(command);
      const before = await client.call<Key>('GET', path(id));
      const body = changesOf(before, options, removed);
      const { version } = before;
      const key = await client.call<Key>('PATCH', path(id), { body, version });
      await printRows([key], columns, { ...outputOf(command), whole: key });
    });

  keys
    .command('rotate <id>')
    .description('give a key another secret; it is shown this once')
    .option('--overlap <time>', 'how long the secret before goes on, at most 7d; 0 ends it at once', duration, 86_400)
    .action(async (id: string, { overlap }: { overlap: number }, command: Command) => {
      const body = { overlapSeconds: overlap };
      await showSecret(await clientOf(command).call<NewKey>('POST', `${path(id)}/rotate`, { body }), command);
    });

  keys
    .command('revoke <id>')
    .description('end a key for good, with all its secrets')
    .action(async (id: string, _: object, command: Command) => {
      const key = await clientOf(command).call<Key>('POST', `${path(id)}/revoke`);
      await printRows([key], columns, { ...outputOf(command), whole: key });
    });
}

/** What `--remove` takes beside rules, with the fields that go. */
const removableFields: Readonly<Record<string, string>> = {
  owner: 'owner',
  group: 'group',
  expires: 'expiresAt',
  tags: 'tags',
  metadata: 'metadata',
  ...removableProviderFields,
};
const removable: readonly string[] = [...Object.keys(removableFields), ...ruleNames];

const path = (id: string): string => `/keys/${encodeURIComponent(id)}`;

const withKeyOptions = (command: Command): Command =>
  withProviderOptions(withRuleOptions(command))
    .option('--owner <text>', 'who answers for it')
    .option('--group <id>', 'the group whose rules hold too')
    .option('--expires <time>', 'when it ends: 30d, or 2027-01-31', timeToCome)
    .option('--tag <name=value>', 'may be repeated', pairs)
    .option('--metadata <name=value>', 'may be repeated', pairs);

function fieldsOf(options: KeyOptions): object {
  const { name, owner, group, expires, tag, metadata } = options;
  const providers = providerFields(options);
  return { name, owner, group, expiresAt: expires, tags: tag, metadata, rules: rulesOf(options), ...providers };
}

function checkedNames(names: string[]): string[] {
  const wrong = names.find((name) => !removable.includes(name));
  if (wrong === undefined) return names;
  throw new CommandError(`--remove: '${wrong}' is none of ${removable.join(', ')}`, 2);
}

function changesOf(before: Key, options: KeyOptions, removed: readonly string[]): object {
  const named = Object.fromEntries(Object.entries(fieldsOf(options)).filter(([, value]) => value !== undefined));
  const gone = removed.filter((name) => name in removableFields).map((name) => [removableFields[name]!, null]);
  const rules = rulesOf(options, before.rules, removed) ?? null;
  const touchesRules = JSON.stringify(rules) !== JSON.stringify(before.rules ?? null);
  const { rules: _, ...others } = named as { rules?: unknown };
  return { ...others, ...Object.fromEntries(gone), ...(touchesRules ? { rules } : {}) };
}

async function showSecret(made: NewKey, command: Command): Promise<void> {
  const output = outputOf(command);
  await printRows([made], secretColumns, { ...output, whole: made });
  if (!output.json && !output.csv) console.log('\nThe key is shown this once, and stored nowhere.');
}

function stateOf({ revoked, expiresAt, previous }: Key): string {
  if (revoked) return 'revoked';
  if (expiresAt !== undefined && expiresAt * 1000 <= Date.now()) return 'expired';
  return previous ? 'rotating' : 'valid';
}

async function digestOfInput(): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin) {
    bytes += (piece as Buffer).byteLength;
    if (bytes > LONGEST_KEY) throw new CommandError(`The key is longer than ${LONGEST_KEY} bytes.`, 2);
    pieces.push(piece as Buffer);
  }
  const text = Buffer.concat(pieces).toString('utf8').trim();
  const wrong = problemOfKey(text);
  if (wrong) throw new CommandError(wrong, 2);
  return createHash('sha256').update(text).digest('hex');
}

const LONGEST_KEY = 4_096;

/** Why nobody could ever be let in with a key. Only here is its text seen: the gateway is sent the SHA-256. */
function problemOfKey(text: string): string | undefined {
  if (text === '') return 'There is no key on the standard input.';
  if (!/^[!-+\--~]+$/.test(text))
    return 'The key has a space, a comma or another sign that no header can carry as a key.';
  const isToken = text.split('.', 4).length === 3;
  return isToken
    ? 'The key has three parts with dots between them: it would be read as the token of an issuer.'
    : undefined;
}
