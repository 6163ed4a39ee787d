import type { JsonObject } from '../../../http/json.ts';
import type { ListedModel } from '../../kit/listed-model.ts';

/** Codex says its version where it asks for models in its own shape (`model_catalog_url` of its configuration). */
export const isCodexQuery = (query: string): boolean => new URLSearchParams(query).has('client_version');

/** Models as Codex reads them. One entry that it cannot read makes it discard the whole list. */
export const writeModelList = (models: readonly ListedModel[]): JsonObject => ({ models: models.map(writeModel) });

/** Codex runs on each of them as on a model that it does not know itself, but for what is known here. */
function writeModel(model: ListedModel, priority: number): JsonObject {
  const { id, displayName = id, contextLength, maxInputTokens = contextLength, sees = true, thinks = false } = model;
  return {
    slug: id,
    display_name: displayName,
    description: null,
    default_reasoning_level: thinks ? 'medium' : null,
    supported_reasoning_levels: thinks ? levels : [],
    supports_reasoning_summaries: thinks,
    supports_reasoning_summary_parameter: thinks,
    shell_type: 'shell_command',
    visibility: 'list',
    supported_in_api: true,
    priority,
    upgrade: null,
    base_instructions: instructions,
    support_verbosity: false,
    default_verbosity: null,
    apply_patch_tool_type: null,
    truncation_policy: { mode: 'bytes', limit: 10_000 },
    supports_parallel_tool_calls: true,
    ...(maxInputTokens === undefined ? {} : { context_window: maxInputTokens }),
    experimental_supported_tools: [],
    input_modalities: sees ? ['text', 'image'] : ['text'],
  };
}

const levels = [
  { effort: 'low', description: 'Answers soonest' },
  { effort: 'medium', description: 'Thinks where it helps' },
  { effort: 'high', description: 'Thinks longest' },
];

/** Required: Codex has no instructions of its own for a model that a list describes. Short, since each entry repeats them. */
const instructions = `You are a coding agent in the Codex CLI. You work in the user's folder, on their machine, with the tools you are given. Be precise, safe and brief.

- Read before you change: find the files concerned (\`rg\` is fast), and follow every AGENTS.md above them; the nearest one counts most.
- Keep working until the task is done, then stop. Look instead of guessing; where a step has many parts, keep a plan up to date.
- Edit files with the shell command \`apply_patch\`, its patch given as a here-document:
*** Begin Patch
*** Update File: path/of/file
@@ a line near the change
 an unchanged line
-the old line
+the new line
*** End Patch
A new file is \`*** Add File: path\` with \`+\` before each line; \`*** Delete File: path\` removes one.
- Change what the task needs and nothing else, in the style of the code around it, at the cause and not at the symptom. Leave changes that are not yours, and do not commit unless you are asked to.
- Run the tests or the program nearest to what you changed, where there are any.
- A command that the sandbox refuses needs the user's approval: ask for it the way the tools say, or find another way.
- End with a few sentences: what changed and where (\`path:line\`), what you checked, and what you could not.`;
