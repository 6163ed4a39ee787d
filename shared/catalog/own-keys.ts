import type { CatalogProvider } from './catalog.ts';

/**
 * Whether a provider may be asked with the key of this name. Keys and groups name own keys for a provider, and whoever writes these
 * must not be able to send it the key of another provider, or any other secret: so the owner, who stores the keys, says by the name
 * what one is for. It is the provider's own name of a key, or that with `_…` behind it: `OPENAI_API_KEY_TEAM_A`.
 */
export function takesKey({ keyName, longerKeyNames }: KeyNames, name: string): boolean {
  if (keyName === undefined) return false;
  if (name === keyName) return true;
  // A name in a store of secrets has no spaces and no line breaks.
  return (
    /^[!-~]+$/.test(name) &&
    isBelow(name, keyName) &&
    !longerKeyNames.some((other) => name === other || isBelow(name, other))
  );
}

type KeyNames = Pick<CatalogProvider, 'keyName' | 'longerKeyNames'>;

/** Which of these names another name's own keys could be taken for: they are another provider's. */
export const namesBelow = (name: string | undefined, names: readonly (string | undefined)[]): string[] =>
  name === undefined ? [] : (names.filter((other) => other !== undefined && isBelow(other, name)) as string[]);

const isBelow = (name: string, above: string): boolean =>
  name.startsWith(`${above}_`) && name.length > above.length + 1;
