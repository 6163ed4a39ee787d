import type { Command } from 'commander';
import { purposeNames } from '../../shared/catalog/purpose.ts';
import type { Rules } from '../../shared/catalog/rules.ts';
import { positiveNumber, several } from './values.ts';

export interface RuleOptions {
  rpm?: number;
  tpm?: number;
  concurrency?: number;
  model?: string[];
  purpose?: string[];
  maxTokens?: number;
}

/** The options of what a key or group may do. */
export const withRuleOptions = (command: Command): Command =>
  command
    .option('--rpm <number>', 'requests per minute', positiveNumber)
    .option('--tpm <number>', 'tokens per minute, input and output together', positiveNumber)
    .option('--concurrency <number>', 'requests under way at once', positiveNumber)
    .option('--model <pattern>', "a model that may be used, such as 'gpt-*'; may be repeated", several)
    .option('--purpose <purpose>', `${purposeNames.join(', ')}; may be repeated`, several)
    .option('--max-tokens <number>', 'most tokens of an answer', positiveNumber);

/** Which of the options are part of the rules, and where. */
export const ruleNames = ['rpm', 'tpm', 'concurrency', 'model', 'purpose', 'max-tokens'] as const;

/** The rules with what the options say over those before; nothing where none are left. */
export function rulesOf(options: RuleOptions, before: Rules = {}, removed: readonly string[] = []): Rules | undefined {
  const { rpm, tpm, concurrency, model, purpose, maxTokens } = options;
  const limits = present({ ...before.limits, ...present({ rpm, tpm, concurrency }) }, removed);
  const named = present({ models: model, purposes: purpose, maxTokens });
  const kept = present(
    { ...before, ...named, limits: undefined },
    removed.map((name) => ruleFields[name] ?? name),
  );
  const rules = { ...kept, ...(Object.keys(limits).length > 0 ? { limits } : {}) };
  return Object.keys(rules).length > 0 ? (rules as Rules) : undefined;
}

const ruleFields: Readonly<Record<string, string>> = {
  model: 'models',
  purpose: 'purposes',
  'max-tokens': 'maxTokens',
};

const present = (fields: object, removed: readonly string[] = []): object =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== undefined && !removed.includes(name)));

/** Rules in a few words. */
export function describeRules({ models, purposes, maxTokens, limits = {} }: Rules = {}): string {
  const parts = [
    limits.rpm && `${limits.rpm} rpm`,
    limits.tpm && `${limits.tpm} tpm`,
    limits.concurrency && `${limits.concurrency} at once`,
    models?.join(' '),
    purposes?.join(' '),
    maxTokens && `max ${maxTokens}`,
  ];
  return parts.filter(Boolean).join(', ');
}
