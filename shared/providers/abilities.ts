/** What a model can do, as far as the plan of a request depends on it. */
export interface Abilities {
  /** It takes images. */
  sees: boolean;
  /** It calls tools. */
  tools: boolean;
  /** Largest image it takes, in bytes; absent where it is not known. */
  maxImageBytes?: number;
}

/** An unknown model is taken to do everything: what the caller sends goes to it. */
const unknown: Abilities = { sees: true, tools: true };
const textOnly: Partial<Abilities> = { sees: false };
const withoutTools: Partial<Abilities> = { tools: false };

/** Well-known models by name; the first line that fits counts, so that a family's exceptions come before the family. */
const known: readonly (readonly [RegExp, Partial<Abilities>])[] = [
  [/^hunyuan-(?:.*-)?vision/, withoutTools],
  [/^hunyuan-/, textOnly],
  [/^deepseek-(?:vl|ocr)/, withoutTools],
  [/^deepseek-r1/, { sees: false, tools: false }],
  [/^deepseek[-.]/, textOnly],
  [/^gpt-3\.5/, textOnly],
  [/^gpt-4-vision/, withoutTools],
  [/^gpt-4(?:-\d{4}|-32k|$)/, textOnly],
  [/^gpt-oss/, textOnly],
  [/^o1-(?:mini|preview)/, { sees: false, tools: false }],
  [/^o3-mini/, textOnly],
  // Five megabytes of base64; Bedrock says the same in bytes.
  [/^claude-(?:v?2|instant)/, { sees: false, tools: false }],
  [/^claude-/, { maxImageBytes: 3_932_160 }],
  [/^nova-micro/, textOnly],
  [/^llama-?3[.-]2-(?:11b|90b)/, withoutTools],
  [/^(?:meta-)?llama-?[23]/, textOnly],
  [/^(?:mixtral|codestral|open-mi[sx]tral|mistral-(?:7b|nemo))/, textOnly],
  [/^qwen-vl|^qwen2(?:\.5)?-vl|^qvq/, withoutTools],
  [/^qwen-(?:turbo|plus|max|long|coder|math)/, textOnly],
  [/^qwen(?:1\.5|2|2\.5|3)-(?:\d|max|coder|next|math|turbo)(?!.*(?:vl|omni))/, textOnly],
  [/^qwq/, textOnly],
  [/^moonshot-v1-(?:\d+k|auto)$/, textOnly],
  [/^kimi-k2(?:-|$|:)/, textOnly],
  [/^glm-4v/, withoutTools],
  [/^glm-(?:4|4\.[5-7]|5)(?:-|$|:)/, textOnly],
  [/^(?:minimax-m[12]|abab)/, textOnly],
  [/^command-(?:r|a-0|light|nightly)/, textOnly],
  [/^grok-(?:2-1212|3|code)/, textOnly],
  [/^ernie-(?:3\.5|4\.0|speed|lite|tiny|x1)/, textOnly],
  [/^ernie-4\.5-turbo-(?:\d+k|preview)/, textOnly],
  [/^doubao-(?:1-5-|1\.5-)?(?:pro|lite)-(?!.*vision)/, textOnly],
];

/**
 * What a model is known to do, by its provider's id of it: `deepseek/deepseek-chat-v3-0324`,
 * `us.meta.llama3-1-70b-instruct-v1:0`. A vendor or a region before the name is ignored.
 */
export function abilitiesOf(model: string): Abilities {
  const name = model.toLowerCase().split('/').at(-1)!;
  const bare = name.replace(/^(?:(?:us|eu|apac|global)\.)?(?:anthropic|meta|mistral|cohere|amazon|qwen|openai)\./, '');
  const dotted = bare.replace(/^(?:us\.)?deepseek\.(?=r1|v3)/, 'deepseek-');
  return { ...unknown, ...known.find(([pattern]) => pattern.test(dotted))?.[1] };
}
