import type { ChatRequest, SystemMessage, ToolChoice } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';

/**
 * A tool that must be called, for models that cannot be made to: they are shown only the tools that they may call, and told
 * at the end of the conversation, in words, that they must. A choice they know stays. Throws `invalid_request` for a tool that is not
 * there.
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
