import { type Command, Option } from 'commander';
import type { AdminKey } from '../../../shared/operations/records.ts';
import { clientOf, outputOf } from '../context.ts';
import { type Columns, day, printRows } from '../output.ts';
import { positiveNumber, timeToCome } from '../values.ts';

type StoredAdminKey = AdminKey & { version: number };
type NewAdminKey = StoredAdminKey & { key: string };

const columns: Columns<StoredAdminKey> = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['access', ({ access }) => access],
  ['state', ({ revoked }) => (revoked ? 'revoked' : 'valid')],
  ['ends in', ({ hint }) => hint && `…${hint}`],
  ['expires', ({ expiresAt }) => day(expiresAt)],
  ['made', ({ createdAt }) => day(createdAt)],
];

/** Keys to the administration; the master key makes and revokes them. */
export function addAdminKeyCommands(program: Command): void {
  const adminKeys = program.command('admin-keys').description('keys to the administration; the master key makes them');

  adminKeys
    .command('create')
    .description('make an admin key; it is shown this once')
    .requiredOption('--name <text>', 'what the key is called')
    .addOption(new Option('--access <access>', 'what it may do').choices(['read', 'write']).default('read'))
    .option('--expires <time>', 'when it ends: 30d, or 2027-01-31', timeToCome)
    .action(async (options: { name: string; access: string; expires?: number }, command: Command) => {
      const body = { name: options.name, access: options.access, expiresAt: options.expires };
      const made = await clientOf(command).call<NewAdminKey>('POST', '/admin-keys', { body });
      const withKey: Columns<NewAdminKey> = [['key', ({ key }) => key], ...(columns as Columns<NewAdminKey>)];
      const output = outputOf(command);
      await printRows([made], withKey, { ...output, whole: made });
      if (!output.json && !output.csv) console.log('\nThe key is shown this once, and stored nowhere.');
    });

  adminKeys
    .command('list')
    .description('admin keys, newest first')
    .option('--limit <number>', 'at most so many', positiveNumber, 1_000)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      await printRows(await clientOf(command).all<StoredAdminKey>('/admin-keys', limit), columns, outputOf(command));
    });

  adminKeys
    .command('revoke <id>')
    .description('end an admin key for good')
    .action(async (id: string, _: object, command: Command) => {
      const path = `/admin-keys/${encodeURIComponent(id)}/revoke`;
      const key = await clientOf(command).call<StoredAdminKey>('POST', path);
      await printRows([key], columns, { ...outputOf(command), whole: key });
    });
}
