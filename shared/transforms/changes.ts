/**
 * What was changed in a request so that a model takes it. Text is lost by `superseded` and `cut` only, thinking by `stripped`;
 * what is `dropped` is empty, or of a type the model does not take.
 */
export type Change =
  /** An older or richer form written in the plain one: function calls, the developer's role, refusals. */
  | 'converted'
  /** Thinking taken out. */
  | 'stripped'
  /** Instructions inside the conversation, written as reminders by the user. */
  | 'reminded'
  /** What `repairToolChain` does. */
  | 'answered'
  | 'worded'
  | 'superseded'
  /** Tool results put behind their calls, and images put behind the results they were in. */
  | 'moved'
  /** Empty messages and texts; images and audio of the assistant, replaced by `[image]` and `[audio]`. */
  | 'dropped'
  /** Messages joined to the one before, which has the same role. */
  | 'merged'
  /** Turns added because the roles must alternate. */
  | 'inserted'
  /** Fillers written into messages without text. */
  | 'filled'
  /** Messages left out because there were too many. */
  | 'cut'
  /** A required tool call, asked for by a sentence. */
  | 'tool_choice'
  /** A seed folded into the range that is taken. */
  | 'seed';

export type Changes = Partial<Record<Change, number>>;

export type Count = (change: Change, times?: number) => void;

/** Counts changes; kinds that did not occur are left out. */
export function countChanges(): { changes: Changes; count: Count } {
  const changes: Changes = {};
  return {
    changes,
    count(change, times = 1) {
      if (times > 0) changes[change] = (changes[change] ?? 0) + times;
    },
  };
}
