import type { Target } from '../../shared/catalog/catalog.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';

interface Settings {
  timeouts?: object;
  traits?: object;
  preset?: string;
  [setting: string]: unknown;
}

/** A target as the catalog makes it: `<provider>/<model>` of a provider that speaks OpenAI, unless the settings say otherwise. */
export function targetOf(name: string, settings: Settings = {}): Target {
  const [provider] = name.split('/') as [string];
  const usual = settings.preset ? {} : { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };
  return loadCatalog({ providers: { [provider]: { ...usual, ...settings } } }).resolve(name)![0]!;
}
