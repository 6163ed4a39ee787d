import type { Command } from 'commander';
import { pairs } from './values.ts';

export interface ProviderOptions {
  providerKey?: Record<string, string>;
  profile?: Record<string, string>;
}

/** The options of what a key or group asks providers with. */
export const withProviderOptions = (command: Command): Command =>
  command
    .option(
      '--provider-key <provider=NAME>',
      'an own key for a provider, by its name among the keys of the providers: OPENAI_API_KEY_TEAM; may be repeated',
      pairs,
    )
    .option(
      '--profile <provider/model=ARN>',
      'an inference profile that is asked in place of a model; may be repeated',
      pairs,
    );

export const providerFields = ({ providerKey, profile }: ProviderOptions) => ({
  providerKeys: providerKey,
  inferenceProfiles: profile,
});

/** What `--remove` takes of them, with the fields that go. */
export const removableProviderFields: Readonly<Record<string, string>> = {
  'provider-keys': 'providerKeys',
  profiles: 'inferenceProfiles',
};
