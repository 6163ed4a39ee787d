import { Command, CommanderError } from 'commander';
import { CommandError } from './client.ts';
import { addAdminKeyCommands } from './commands/admin-keys.ts';
import { addGroupCommands } from './commands/groups.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addReportCommands } from './commands/reports.ts';
import { printable, printableLines } from './output.ts';

/**
 * `npm run sluice -- keys create --name ci`: administers a gateway over HTTP. Ends with 0, with 1 where the gateway refused or
 * could not be reached, and with 2 where the command is wrong.
 */
const program = new Command('sluice')
  .description('Administers a Sluice gateway, on this machine or deployed.')
  .option('--url <url>', 'URL of the administration (environment: SLUICE_URL)')
  .option('--admin-key <key>', 'master key or admin key (better in the environment: SLUICE_ADMIN_KEY)')
  .option('--json', 'print JSON')
  .option('--csv', 'print CSV')
  .showHelpAfterError('(--help shows what there is)')
  .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
  .exitOverride();

addKeyCommands(program);
addGroupCommands(program);
addAdminKeyCommands(program);
addReportCommands(program);
for (const command of program.commands)
  for (const inner of [command, ...command.commands]) inner.copyInheritedSettings(program);

try {
  await program.parseAsync();
} catch (thrown) {
  process.exitCode = exitCodeOf(thrown);
}

function exitCodeOf(thrown: unknown): number {
  // Commander has printed its own.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  console.error(printable(thrown instanceof Error ? thrown.message : String(thrown)));
  return thrown instanceof CommandError ? thrown.exitCode : 1;
}
