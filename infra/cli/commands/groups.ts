import type { Command } from 'commander';
import type { Group } from '../../../shared/call/virtual-key.ts';
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
import { positiveNumber, several } from '../values.ts';

type StoredGroup = Group & { version: number };

interface GroupOptions extends RuleOptions, ProviderOptions {
  name?: string;
}

const removable = [...Object.keys(removableProviderFields), ...ruleNames];

const columns: Columns<StoredGroup> = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['rules', ({ rules }) => describeRules(rules)],
  ['provider keys', ({ providerKeys = {} }) => Object.keys(providerKeys).join(' ')],
  ['profiles', ({ inferenceProfiles = {} }) => Object.keys(inferenceProfiles).join(' ')],
  ['made', ({ createdAt }) => day(createdAt)],
];

/** Teams, and the organisation. */
export function addGroupCommands(program: Command): void {
  const groups = program.command('groups').description("what keys share; the group 'organization' holds for all keys");

  withGroupOptions(groups.command('create <id>').description('make a group'))
    .option('--name <text>', 'what the group is called; its id unless given')
    .action(async (id: string, options: GroupOptions, command: Command) => {
      const body = { id, ...fieldsOf(options), name: options.name ?? id };
      const made = await clientOf(command).call<StoredGroup>('POST', '/groups', { body });
      await printRows([made], columns, { ...outputOf(command), whole: made });
    });

  groups
    .command('list')
    .description('groups, by their ids')
    .option('--limit <number>', 'at most so many', positiveNumber, 1_000)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      await printRows(await clientOf(command).all<StoredGroup>('/groups', limit), columns, outputOf(command));
    });

  groups
    .command('show <id>')
    .description('one group')
    .action(async (id: string, _: object, command: Command) => {
      const group = await clientOf(command).call<StoredGroup>('GET', path(id));
      await printRows([group], columns, { ...outputOf(command), whole: group });
    });

  withGroupOptions(groups.command('update <id>').description('change a group; what is not named stays'))
    .option('--name <text>', 'what the group is called')
    .option('--remove <names>', `what to remove: ${removable.join(', ')}`, several)
    .action(async (id: string, { remove = [], ...options }: GroupOptions & { remove?: string[] }, command: Command) => {
      const wrong = remove.find((name) => !removable.includes(name));
      if (wrong !== undefined) throw new CommandError(`--remove: '${wrong}' is none of ${removable.join(', ')}`, 2);
      const client = clientOf(command);
      const { rules: before, version } = await client.call<StoredGroup>('GET', path(id));
      const rules = rulesOf(options, before, remove) ?? null;
      const gone = Object.fromEntries(
        Object.entries(removableProviderFields).flatMap(([name, field]) =>
          remove.includes(name) ? [[field, null]] : [],
        ),
      );
      const body = { ...fieldsOf(options), ...gone, rules };
      const group = await client.call<StoredGroup>('PATCH', path(id), { body, version });
      await printRows([group], columns, { ...outputOf(command), whole: group });
    });

  groups
    .command('delete <id>')
    .description('remove a group that no key names')
    .action(async (id: string, _: object, command: Command) => {
      const group = await clientOf(command).call<StoredGroup>('DELETE', path(id));
      await printRows([group], columns, { ...outputOf(command), whole: group });
    });
}

const path = (id: string): string => `/groups/${encodeURIComponent(id)}`;

const withGroupOptions = (command: Command): Command => withProviderOptions(withRuleOptions(command));

const fieldsOf = (options: GroupOptions): object => ({
  name: options.name,
  ...providerFields(options),
  rules: rulesOf(options),
});
