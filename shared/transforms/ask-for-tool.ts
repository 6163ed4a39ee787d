import type { ChatRequest, SystemMessage, ToolChoice } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';
import type { Transform } from './transform.ts';

/** A tool that must be called, for models that know no such choice: see `askForTool`. */
export const toolInWords: Transform = {
  name: 'ask-for-tool',
  wanted: ({ request }, { traits }) => traits.toolChoice === 'auto' && isDemanding(request().toolChoice),
  request: ({ request }) => {
    const asked = request();
    const changed = askForTool(asked);
    const isChanged = changed.toolChoice !== asked.toolChoice;
    return { request: changed, ...(isChanged ? { changes: { tool_choice: 1 }, weakened: ['tool_choice'] } : {}) };
  },
};

const isDemanding = (choice: ToolChoice | undefined): boolean =>
  choice !== undefined && choice.type !== 'auto' && choice.type !== 'none';

/**
 * Shows a model only the tools that it may call, with an instruction at the end of the conversation that it must call one. A
 * choice that the model knows stays. Throws `invalid_request` for a tool that is not there.
 */
export function askForTool(request: ChatRequest): ChatRequest {
  const { tools, toolChoice, messages } = request;
  if (!tools || !toolChoice || toolChoice.type === 'auto' || toolChoice.type === 'none') return { ...request };
  const names = namesOf(toolChoice);
  const shown = names ? tools.filter(({ name }) => names.has(name)) : tools;
  if (shown.length === 0) {
    throw new GatewayError('invalid_request', "Invalid value: 'tool_choice' names a tool that is not in 'tools'.", {
      param: 'tool_choice',
      code: 'invalid_value',
    });
  }
  const mustCall = toolChoice.type !== 'allowed' || toolChoice.mode === 'required';
  return {
    ...request,
    tools: shown,
    toolChoice: { type: 'auto' },
    messages: mustCall ? [...messages, instruction(shown.map(({ name }) => name))] : messages,
  };
}

function namesOf(choice: ToolChoice): ReadonlySet<string> | undefined {
  if (choice.type === 'tool') return new Set([choice.name]);
  return choice.type === 'allowed' ? new Set(choice.names) : undefined;
}

const instruction = (names: readonly string[]): SystemMessage => ({
  role: 'system',
  parts: [{ type: 'text', text: `必须调用工具 ${names.join('、')} 来回答，不要直接用文字回答。` }],
});
