/** What is known of a model of Claude's by its name: the same at every vendor that offers it. */
export interface ClaudeTraits {
  thinkingStyle: 'adaptive' | 'budget' | 'none';
  /** Which of temperature and top_p it takes: both, one at a time, or none. */
  sampling: 'keep' | 'one' | 'drop';
  prefill: 'keep' | 'continue';
  systemTurns: 'keep' | 'remind';
  answerSchema: 'native' | 'tool';
  maxOutputTokens: number;
  version: number;
}

/** @see https://platform.claude.com/docs/en/about-claude/models/overview */
export function claudeTraits(model: string): ClaudeTraits {
  const { family, version } = claudeOf(model);
  const isOpus = family === 'opus';
  return {
    thinkingStyle: version >= 4.06 ? 'adaptive' : version >= 3.07 ? 'budget' : 'none',
    // All that came after Opus 4.6 refuse any value but the default.
    sampling: version > 4.06 || (version === 4.06 && !isOpus) ? 'drop' : version >= 4.01 ? 'one' : 'keep',
    prefill: version >= 4.06 ? 'continue' : 'keep',
    systemTurns: version >= 5 || (isOpus && version >= 4.08) ? 'keep' : 'remind',
    answerSchema: version >= 4.05 ? 'native' : 'tool',
    maxOutputTokens: claudeOutput(family, version),
    version,
  };
}

/** By version up to and excluding; the last line is for all that come. */
const outputs: readonly (readonly [below: number, tokens: number, opus?: number])[] = [
  [3.05, 4096],
  [3.07, 8192],
  [4, 64_000],
  [4.05, 64_000, 32_000],
  [4.06, 64_000],
  [5, 64_000, 128_000],
  [Number.POSITIVE_INFINITY, 128_000],
];

function claudeOutput(family: string, version: number): number {
  const [, tokens, opus] = outputs.find(([below]) => version < below)!;
  return family === 'opus' ? (opus ?? tokens) : tokens;
}

/** `claude-3-5-sonnet-20241022` is 3.05, `claude-opus-4-1` 4.01. One without a number takes what the newest take. */
function claudeOf(model: string): { family: string; version: number } {
  const found = /claude-(?:([a-z]+)-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)(?:-([a-z]+))?/.exec(model);
  if (!found)
    return {
      family: /opus|sonnet|haiku/.exec(model)?.[0] ?? '',
      version: /claude-(?:v\d|instant)/.test(model) ? 2 : 5,
    };
  const [, before, major, minor = '0', after] = found;
  return { family: before ?? after ?? '', version: Number(major) + Number(minor) / 100 };
}
