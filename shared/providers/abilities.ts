/** What a model can do, as far as the plan of a request depends on it. */
export interface Abilities {
  /** It takes images. */
  sees: boolean;
  /** It calls tools. */
  tools: boolean;
  /** Largest image it takes, in bytes; absent where it is not known. */
  maxImageBytes?: number;
}

/** A model nobody knows is taken at the caller's word: whatever was asked of it is sent to it. */
const unknown: Abilities = { sees: true, tools: true };
const blind: Partial<Abilities> = { sees: false };
const eyesOnly: Partial<Abilities> = { tools: false };

/** Well-known models by name; the first line that fits counts, so that a family's exceptions stand before the family. */
const known: readonly (readonly [RegExp, Partial<Abilities>])[] = [
  [/^hunyuan-(?:.*-)?vision/, eyesOnly],
  [/^hunyuan-/, blind],
  [/^deepseek-(?:vl|ocr)/, eyesOnly],
  [/^deepseek-r1/, { sees: false, tools: false }],
  [/^deepseek[-.]/, blind],
  [/^gpt-3\.5/, blind],
  [/^gpt-4-vision/, eyesOnly],
  [/^gpt-4(?:-\d{4}|-32k|$)/, blind],
  [/^gpt-oss/, blind],
  [/^o1-(?:mini|preview)/, { sees: false, tools: false }],
  [/^o3-mini/, blind],
  // Five megabytes of base64; Bedrock says the same in bytes.
  [/^claude-(?:v?2|instant)/, { sees: false, tools: false }],
  [/^claude-/, { maxImageBytes: 3_932_160 }],
  [/^nova-micro/, blind],
  [/^llama-?3[.-]2-(?:11b|90b)/, eyesOnly],
  [/^(?:meta-)?llama-?[23]/, blind],
  [/^(?:mixtral|codestral|open-mi[sx]tral|mistral-(?:7b|nemo))/, blind],
  [/^qwen-vl|^qwen2(?:\.5)?-vl|^qvq/, eyesOnly],
  [/^qwen-(?:turbo|plus|max|long|coder|math)/, blind],
  [/^qwen(?:1\.5|2|2\.5|3)-(?:\d|max|coder|next|math|turbo)(?!.*(?:vl|omni))/, blind],
  [/^qwq/, blind],
  [/^moonshot-v1-(?:\d+k|auto)$/, blind],
  [/^kimi-k2(?:-|$|:)/, blind],
  [/^glm-4v/, eyesOnly],
  [/^glm-(?:4|4\.[5-7]|5)(?:-|$|:)/, blind],
  [/^(?:minimax-m[12]|abab)/, blind],
  [/^command-(?:r|a-0|light|nightly)/, blind],
  [/^grok-(?:2-1212|3|code)/, blind],
  [/^ernie-(?:3\.5|4\.0|speed|lite|tiny|x1)/, blind],
  [/^ernie-4\.5-turbo-(?:\d+k|preview)/, blind],
  [/^doubao-(?:1-5-|1\.5-)?(?:pro|lite)-(?!.*vision)/, blind],
];

/**
 * What a model is known to be able to do, by its provider's id of it: `deepseek/deepseek-chat-v3-0324`,
 * `us.meta.llama3-1-70b-instruct-v1:0`. The vendor's name before it, and a region's, are passed over.
 */
export function abilitiesOf(model: string): Abilities {
  const name = model.toLowerCase().split('/').at(-1)!;
  const bare = name.replace(/^(?:(?:us|eu|apac|global)\.)?(?:anthropic|meta|mistral|cohere|amazon|qwen|openai)\./, '');
  const dotted = bare.replace(/^(?:us\.)?deepseek\.(?=r1|v3)/, 'deepseek-');
  return { ...unknown, ...known.find(([pattern]) => pattern.test(dotted))?.[1] };
}
