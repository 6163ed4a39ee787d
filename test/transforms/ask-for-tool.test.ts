import { expect, test } from 'vitest';
import type { ToolChoice } from '../../shared/chat/request.ts';
import { askForTool, toolInWords } from '../../shared/transforms/ask-for-tool.ts';
import { requestOf } from './requests.ts';

const tools = ['a', 'b', 'c'].map((name) => ({ kind: 'function' as const, name }));
const asking = (toolChoice?: ToolChoice) => requestOf({ tools, ...(toolChoice ? { toolChoice } : {}) });

function shown(toolChoice: ToolChoice) {
  const { tools, toolChoice: choice, messages } = askForTool(asking(toolChoice));
  return { tools: tools?.map(({ name }) => name), choice, instruction: messages[1] };
}

test.each<[ToolChoice, string[]]>([
  [{ type: 'required' }, ['a', 'b', 'c']],
  [{ type: 'tool', name: 'b' }, ['b']],
  [{ type: 'allowed', mode: 'required', names: ['c', 'a'] }, ['a', 'c']],
])('a choice of %j shows the tools %j and asks for a call at the end', (choice, names) => {
  expect(shown(choice)).toEqual({
    tools: names,
    choice: { type: 'auto' },
    instruction: {
      role: 'system',
      parts: [{ type: 'text', text: `必须调用工具 ${names.join('、')} 来回答，不要直接用文字回答。` }],
    },
  });
});

test('tools that may be called, and need not, are shown without an instruction', () => {
  expect(shown({ type: 'allowed', mode: 'auto', names: ['b'] })).toEqual({
    tools: ['b'],
    choice: { type: 'auto' },
    instruction: undefined,
  });
});

test.each<ToolChoice | undefined>([undefined, { type: 'auto' }, { type: 'none' }])('a choice of %j stays', (choice) => {
  expect(askForTool(asking(choice))).toEqual(asking(choice));
  const call = { request: () => asking(choice) };
  expect(toolInWords.wanted(call, { traits: { toolChoice: 'auto' } })).toBe(false);
});

test('a tool that is not there is refused', () => {
  expect(() => shown({ type: 'tool', name: 'x' })).toThrow(
    expect.objectContaining({ kind: 'invalid_request', param: 'tool_choice' }),
  );
});

test('a choice without tools changes nothing and counts nothing', () => {
  const request = requestOf({ toolChoice: { type: 'required' } });
  expect(toolInWords.request!({ request: () => request }, { traits: {} })).toEqual({ request });
});

test('a choice is put into words only for models that know no such choice, and is counted', () => {
  const call = { request: () => asking({ type: 'required' }) };
  expect(toolInWords.wanted(call, { traits: {} })).toBe(false);
  expect(toolInWords.wanted(call, { traits: { toolChoice: 'auto' } })).toBe(true);
  expect(toolInWords.request!(call, { traits: {} })).toMatchObject({
    changes: { tool_choice: 1 },
    weakened: ['tool_choice'],
  });
});
