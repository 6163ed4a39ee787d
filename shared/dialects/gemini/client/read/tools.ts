import { defined } from '../../../../chat/defined.ts';
import type { Tool, ToolChoice } from '../../../../chat/request.ts';
import { GEMINI } from '../../names.ts';
import type { WireRequest, WireTool } from '../wire.ts';
import { jsonSchema } from './schema.ts';

/** Each declared function is a tool of the caller's; any other member of a tool is one that Google runs: `googleSearch`. */
export const readTools = (tools: readonly WireTool[]): Tool[] =>
  tools.flatMap(({ functionDeclarations, ...hosted }) => [
    ...(functionDeclarations ?? []).map(readFunction),
    ...Object.entries(hosted)
      .filter(([, value]) => value != null)
      .map(([name, value]): Tool => ({ kind: 'native', name, native: { dialect: GEMINI, fields: { [name]: value } } })),
  ]);

function readFunction({
  name,
  description,
  parameters,
  parametersJsonSchema,
}: NonNullable<WireTool['functionDeclarations']>[number]): Tool {
  const schema = parametersJsonSchema ?? (parameters ? jsonSchema(parameters) : undefined);
  return { kind: 'function', name, ...defined({ description, schema }) };
}

/** @see https://ai.google.dev/api/caching#FunctionCallingConfig */
export function readToolChoice(config: WireRequest['toolConfig']): ToolChoice | undefined {
  const { mode, allowedFunctionNames: names } = config?.functionCallingConfig ?? {};
  switch (mode?.toUpperCase()) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY': {
      const [only, ...others] = names ?? [];
      if (only === undefined) return { type: 'required' };
      return others.length === 0 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names: names! };
    }
    case 'VALIDATED':
      return names?.length ? { type: 'allowed', mode: 'auto', names } : { type: 'auto' };
    case 'AUTO':
      return { type: 'auto' };
    default:
      return undefined;
  }
}
