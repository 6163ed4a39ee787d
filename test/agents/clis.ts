import type { DialectName, Step } from './model.ts';

export interface Gate {
  /** The gateway's address, without a path. */
  url: string;
  key: string;
  model: string;
}

/** An agent as its makers publish it, with the settings that the README gives. */
export interface Cli {
  name: string;
  bin: string;
  /** How the names of models begin that the agent knows. */
  modelName: string;
  /** Files to write, those that begin with `~/` into its home, others into the project. */
  files(gate: Gate): Readonly<Record<string, string>>;
  env(gate: Gate): Readonly<Record<string, string>>;
  args(gate: Gate, task: string): readonly string[];
  /** What the model has it do; all of them end with a file `note.txt` of two lines. */
  steps: readonly Step[];
  /** What it asks for that a model of this format cannot do; none unless given. */
  refusals?(dialect: DialectName): readonly Refused[];
}

interface Refused {
  status: number;
  /** What the answer says. */
  says: RegExp;
}

/** Each in the version that it was tried in. */
export const packages = {
  '@anthropic-ai/claude-code': '2.1.330',
  '@google/gemini-cli': '0.61.0',
  '@openai/codex': '0.169.0',
  'opencode-ai': '1.18.33',
};

export const TASK = 'Write the file note.txt.';
export const NOTE = 'first line\nsecond line\n';

const writeFirst = "printf 'first line\\n' > note.txt";
const addSecond = "printf 'second line\\n' >> note.txt";

export const codex: Cli = {
  name: 'codex',
  bin: 'codex',
  modelName: 'gpt-5-codex',
  files: ({ url, model }) => ({
    '~/.codex/config.toml': `model = "${model}"
model_provider = "sluice"
model_providers.sluice = { name = "Sluice", base_url = "${url}/v1", env_key = "SLUICE_KEY" }
`,
  }),
  env: ({ key }) => ({ SLUICE_KEY: key }),
  args: (_, task) => ['exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', task],
  steps: [
    { tool: 'exec_command', input: { cmd: writeFirst } },
    { tool: 'exec_command', input: { cmd: addSecond } },
    { tool: 'exec_command', input: { cmd: 'cat note.txt' } },
  ],
};

/** Where a model can search the web by itself: at OpenAI and xAI by Responses, whatever other tools are asked for by. */
const searches: ReadonlySet<DialectName> = new Set<DialectName>(['openai', 'responses', 'xai', 'anthropic', 'gemini']);
const noSearch = { status: 400, says: /no tool of type 'web_search_20250305'/ };

/** It asks for a search once more, tells its model that there is none, and goes on. */
export const claude: Cli = {
  name: 'claude code',
  bin: 'claude',
  modelName: 'claude-sonnet-4-5',
  files: () => ({}),
  env: ({ url, key, model }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    ENABLE_TOOL_SEARCH: 'true',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
  refusals: (dialect) => (searches.has(dialect) ? [] : [noSearch, noSearch]),
  args: (_, task) => ['-p', task, '--allowedTools', 'Bash', 'Read', 'Write', 'Edit', 'WebSearch', 'ToolSearch'],
  steps: [
    { tool: 'ToolSearch', input: { query: 'select:WebSearch', max_results: 5 } },
    // It asks the model to search by a tool of the provider's own, and the model may answer in no other way.
    { tool: 'WebSearch', input: { query: 'how to write a note' } },
    { tool: 'Bash', input: { command: writeFirst } },
    { tool: 'Bash', input: { command: addSecond } },
  ],
};

export const gemini: Cli = {
  name: 'gemini cli',
  bin: 'gemini',
  modelName: 'gemini-2.5-pro',
  files: () => ({
    // Without a choice it takes the base URL for a sign-in of its own, and refuses to start.
    '~/.gemini/settings.json': JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
    }),
  }),
  env: ({ url, key, model }) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, GEMINI_MODEL: model }),
  args: (_, task) => ['--yolo', '--skip-trust', '-p', task],
  steps: [
    { tool: 'run_shell_command', input: { command: writeFirst } },
    { tool: 'run_shell_command', input: { command: addSecond } },
    { tool: 'read_file', input: { file_path: 'note.txt' } },
  ],
};

export const opencode: Cli = {
  name: 'opencode',
  bin: 'opencode',
  modelName: 'any-model',
  files: ({ url, model }) => ({
    'opencode.json': JSON.stringify({
      $schema: 'https://opencode.ai/config.json',
      provider: {
        sluice: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${url}/v1`, apiKey: '{env:SLUICE_KEY}' },
          models: { [model]: {} },
        },
      },
    }),
  }),
  env: ({ key }) => ({
    SLUICE_KEY: key,
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  }),
  args: ({ model }, task) => ['run', '--model', `sluice/${model}`, task],
  steps: [
    { tool: 'bash', input: { command: writeFirst, description: 'Writes the file' } },
    { tool: 'bash', input: { command: addSecond, description: 'Adds a line' } },
    { tool: 'bash', input: { command: 'cat note.txt', description: 'Reads the file' } },
  ],
};

export const clis: readonly Cli[] = [codex, claude, gemini, opencode];
