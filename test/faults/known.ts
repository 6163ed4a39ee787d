/** Parts of names of cells (`fault | provider | client | stream`) that fail today; each is a line to be removed with its cause. */
export const known: readonly string[] = [];
