/** Who asks: with the master key, with a virtual key, or without any at the paths that are open. */
export type Caller = { type: 'master' } | { type: 'key'; id: string; name: string } | { type: 'anonymous' };

/** What a caller is called in records, and what keeps its data apart from other callers'. */
export const callerId = (caller: Caller): string => (caller.type === 'key' ? caller.id : caller.type);
