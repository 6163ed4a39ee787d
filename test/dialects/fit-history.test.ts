import { describe, expect, test } from 'vitest';
import { everywhere, fn, messages, refusalOf, responses, sent } from './fitting.ts';

describe('items of OpenAI’s own in the history', () => {
  const input = [
    { role: 'user', content: 'go' },
    { type: 'reasoning', id: 'rs_1', summary: [] },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    { type: 'local_shell_call', call_id: 'l1', action: { type: 'exec', command: ['ls'] }, status: 'completed' },
    { type: 'local_shell_call_output', call_id: 'l1', output: 'a.txt' },
    { type: 'shell_call', call_id: 's1', action: { commands: ['pwd'] } },
    {
      type: 'shell_call_output',
      call_id: 's1',
      output: [{ stdout: '/w', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    { type: 'apply_patch_call', call_id: 'p1', operation: { type: 'delete_file', path: 'x' } },
    { type: 'apply_patch_call_output', call_id: 'p1', status: 'completed', output: 'gone' },
    { type: 'code_interpreter_call', id: 'ci_1', code: '1+1', outputs: [{ type: 'logs', logs: '2' }] },
    { type: 'mcp_list_tools', id: 'ml', server_label: 'x', tools: [] },
    { type: 'mcp_call', id: 'mc', server_label: 'x', name: 'do', arguments: '{"a":1}', output: 'did' },
    { type: 'image_generation_call', id: 'ig', status: 'completed', result: 'iVBORw0KGgo=' },
    { type: 'compaction', id: 'c', encrypted_content: 'gAAAA' },
    { type: 'item_reference', id: 'msg_9' },
    { type: 'something_new', id: 'n' },
    { role: 'user', content: 'and now?' },
  ];

  test.each(everywhere)('never keep a conversation from %s', (name) => {
    const { body, dropped } = sent(responses({ input, tools: [fn] }), name);
    expect(dropped).toEqual(['input.compaction', 'input.item_reference', 'input.something_new']);
    const text = JSON.stringify(body);
    for (const words of ['a.txt', '/w', 'gone', '1+1', 'did']) expect(text).toContain(words);
    expect(text).not.toContain('gAAAA');
  });

  test('are calls with their results, in order', () => {
    const { body } = sent(responses({ input, tools: [fn] }), 'deepseek/x');
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    expect(body.messages[1].tool_calls[0].function).toEqual({
      name: 'local_shell',
      arguments: '{"type":"exec","command":["ls"]}',
    });
  });

  test('go back to their own dialect as they came, but for what is not stored', () => {
    const own = input.filter((item) => !['item_reference', 'reasoning'].includes(item.type ?? ''));
    const { body } = sent(responses({ input: own }), 'openai-responses/gpt-5');
    expect(body.input.filter(({ type }: { type: string }) => type !== 'message')).toEqual(
      own.filter(({ type }) => type),
    );
    expect(refusalOf(() => sent(responses({ input }), 'openai-responses/gpt-5'))).toMatchObject({ status: 400 });
  });

  test.each(everywhere)('of Anthropic’s tools do neither for %s', (name) => {
    if (name.startsWith('anthropic/')) return;
    const content = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      { type: 'text', text: 'found' },
    ];
    const history = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content },
      { role: 'user', content: 'b' },
    ];
    const text = JSON.stringify(sent(messages({ messages: history }), name).body);
    expect(text).toContain('found');
    expect(text).not.toContain('srvtoolu');
  });
});
