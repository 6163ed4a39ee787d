/** Parts of names of cells (`fault | provider | client | stream`) that fail today; a line goes with its cause. */
export const known: readonly string[] = [];
