import { ConfigurationError, loadCatalog } from '../../shared/catalog/load.ts';

/** The mistakes of a configuration, none where it is right. */
export function problemsOf(definition: unknown): readonly string[] {
  try {
    loadCatalog(definition);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown.problems;
    throw thrown;
  }
  return [];
}
