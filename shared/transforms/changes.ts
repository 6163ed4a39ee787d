/**
 * What was changed in a request so that a model takes it. Text is lost by `superseded` and `cut` only, thinking by `stripped`;
 * what is `dropped` said nothing or cannot be said.
 */
export type Change =
  /** An older or richer form written in the plain one: function calls, the developer's role, refusals. */
  | 'converted'
  /** Thinking taken out. */
  | 'stripped'
  /** Instructions amid the conversation that became reminders of the user's. */
  | 'reminded'
  /** What `repairToolChain` does. */
  | 'answered'
  | 'worded'
  | 'superseded'
  /** Results put to their calls, and pictures put behind the results they were in. */
  | 'moved'
  /** Messages and texts that say nothing, and pictures and sounds of the assistant's, of which a word remains. */
  | 'dropped'
  /** Messages joined to the one before of the same side. */
  | 'merged'
  /** Turns added because the roles must alternate. */
  | 'inserted'
  /** Words put where there were none. */
  | 'filled'
  /** Messages left out because there were too many. */
  | 'cut'
  /** A tool that must be called, asked for in words. */
  | 'tool_choice'
  /** A seed folded into the range that is taken. */
  | 'seed';

export type Changes = Partial<Record<Change, number>>;

export type Count = (change: Change, times?: number) => void;

/** Changes to be counted one after the other; those that never happen are not among them. */
export function countChanges(): { changes: Changes; count: Count } {
  const changes: Changes = {};
  return {
    changes,
    count(change, times = 1) {
      if (times > 0) changes[change] = (changes[change] ?? 0) + times;
    },
  };
}
