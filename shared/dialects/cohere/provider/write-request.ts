import type { ChatRequest, Tool, ToolChoice } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import { type JsonObject, wellFormedJson } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { unsupportedTool } from '../../kit/refusals.ts';
import { writeParameters } from './fields.ts';
import { writeMessages } from './messages.ts';

/** Writes a request. @see https://docs.cohere.com/reference/chat */
export function writeRequest(request: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  const { fields, dropped } = writeParameters(request, traits);
  const body: JsonObject = {
    model,
    messages: writeMessages(request.messages, traits.thinkingHistory !== 'strip'),
    ...writeTools(request),
    ...fields,
    ...(request.stream ? { stream: true } : {}),
  };
  return { headers: {}, body: encodeText(wellFormedJson(JSON.stringify(body))), dropped };
}

/** Cohere can be made to call some tool, but not a named one: a choice among them is made by offering no others. */
function writeTools({ tools = [], toolChoice }: ChatRequest): JsonObject {
  if (tools.length === 0) return {};
  const names = chosenNames(toolChoice);
  const chosen = names && new Set(names);
  const offered = chosen ? tools.filter(({ name }) => chosen.has(name)) : tools;
  const places = new Map(tools.map((tool, place) => [tool, place]));
  if (offered.length === 0) {
    throw new GatewayError('invalid_request', `Invalid 'tool_choice': there is no tool '${names?.join("', '")}'.`, {
      param: 'tool_choice',
      code: 'invalid_value',
    });
  }
  const choice = writeChoice(toolChoice);
  return {
    tools: offered.map((tool) => writeTool(tool, places.get(tool)!)),
    ...(choice ? { tool_choice: choice } : {}),
  };
}

function writeTool({ kind, name, description, schema }: Tool, index: number): JsonObject {
  if (kind !== 'function') {
    throw unsupportedTool(kind === 'custom' ? kind : name, `tools[${index}]`);
  }
  const parameters = schema ?? { type: 'object', properties: {} };
  return { type: 'function', function: { name, ...(description ? { description } : {}), parameters } };
}

function chosenNames(choice: ToolChoice | undefined): string[] | undefined {
  if (choice?.type === 'tool') return [choice.name];
  return choice?.type === 'allowed' ? choice.names : undefined;
}

function writeChoice(choice: ToolChoice | undefined): 'REQUIRED' | 'NONE' | undefined {
  if (choice?.type === 'none') return 'NONE';
  const isForced = choice?.type === 'required' || choice?.type === 'tool';
  return isForced || (choice?.type === 'allowed' && choice.mode === 'required') ? 'REQUIRED' : undefined;
}
