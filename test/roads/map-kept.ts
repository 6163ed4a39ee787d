import type { KeptResponse, KeptResponses } from '../../shared/call/kept-response.ts';

/** Kept responses in memory. */
export function createMapKept(): KeptResponses & { all: Map<string, KeptResponse> } {
  const all = new Map<string, KeptResponse>();
  return {
    all,
    find: async (id) => all.get(id),
    write: async (kept) => void all.set(kept.id, kept),
    async counted(id) {
      const kept = all.get(id);
      if (!kept?.isPending) return false;
      all.set(id, { ...kept, isPending: false });
      return true;
    },
    remove: async (id) => void all.delete(id),
  };
}
