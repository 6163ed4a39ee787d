import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { fitted } from '../../shared/dialects/fit.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { everywhere, fn, messages, refusalOf, responses, sent, targetOf } from './fitting.ts';

describe('tools that only OpenAI runs', () => {
  const types = [
    'image_generation',
    'file_search',
    'mcp',
    'computer_use_preview',
    'local_shell',
    'shell',
    'apply_patch',
  ];
  const tools = [fn, ...types.map((type) => ({ type }))];

  test.each(everywhere)('are left out for %s and named', (name) => {
    const { body, dropped } = sent(responses({ tools, tool_choice: 'auto' }), name);
    expect(dropped).toEqual(types.map((type) => `tools.${type}`));
    const text = JSON.stringify(body);
    expect(text).toContain('"f"');
    for (const type of types) expect(text).not.toContain(type);
  });

  test.each(everywhere)('leave no choice behind where %s has no other tool', (name) => {
    const { body } = sent(
      responses({ tools: [{ type: 'mcp' }], tool_choice: 'auto', parallel_tool_calls: true }),
      name,
    );
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  test.each([
    ['by its type', { tools: [fn, { type: 'mcp' }], tool_choice: { type: 'mcp' } }],
    ['as the only one', { tools: [{ type: 'mcp' }], tool_choice: 'required' }],
    [
      'as the only one allowed',
      {
        tools: [fn, { type: 'mcp' }],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'mcp' }] },
      },
    ],
  ])('are refused where one must be used: %s', (_, fields) => {
    expect(refusalOf(() => sent(responses(fields), 'deepseek/x'))).toMatchObject({
      status: 400,
      param: 'tool_choice',
      message: expect.stringContaining("no tool of type 'mcp'"),
    });
  });

  test('are no obstacle where another tool may be called', () => {
    const asked = { tools: [fn, { type: 'mcp' }], tool_choice: 'required' };
    expect(sent(responses(asked), 'deepseek/x').body.tool_choice).toBe('required');
    const allowed = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp' }, { type: 'function', name: 'f' }] };
    expect(fitted(responses({ ...asked, tool_choice: allowed }), targetOf('deepseek/x')).request.toolChoice).toEqual({
      type: 'allowed',
      mode: 'auto',
      names: ['f'],
    });
  });
});

describe('a search of the web', () => {
  const search = {
    type: 'web_search',
    filters: { allowed_domains: ['a.ch'] },
    user_location: { type: 'approximate', city: 'Bern' },
  };
  const claude = {
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8, allowed_domains: ['a.ch'] }],
    tool_choice: { type: 'tool', name: 'web_search' },
  };

  test('of a Responses caller is Anthropic’s, Google’s, OpenRouter’s or Nova’s', () => {
    const request = responses({ tools: [search] });
    const location = { type: 'approximate', city: 'Bern' };
    expect(sent(request, 'anthropic/claude-sonnet-4-5').body.tools).toEqual([
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.ch'], user_location: location },
    ]);
    expect(sent(request, 'gemini/gemini-2.5-flash').body.tools).toEqual([{ googleSearch: {} }]);
    expect(sent(request, 'openrouter/x').body.tools).toEqual([
      { type: 'openrouter:web_search', parameters: { allowed_domains: ['a.ch'], user_location: location } },
    ]);
    expect(sent(request, 'bedrock/us.amazon.nova-premier-v1:0').body.toolConfig.tools).toEqual([
      { systemTool: { name: 'nova_grounding' } },
    ]);
  });

  test.each(['plain/x', 'deepseek/x', 'cohere/command-a', 'bedrock/us.anthropic.claude-sonnet-4-5'])(
    'is left out for %s, which has none',
    (name) => {
      expect(sent(responses({ tools: [search] }), name).dropped).toContain('tools.web_search');
      expect(refusalOf(() => sent(messages(claude), name))).toMatchObject({ status: 400, param: 'tool_choice' });
    },
  );

  test('that Claude Code must have is one where the provider has one', () => {
    expect(sent(messages(claude), 'anthropic/claude-sonnet-4-5').body).toMatchObject(claude);
    expect(sent(messages(claude), 'gemini/gemini-2.5-flash').body).toMatchObject({ tools: [{ googleSearch: {} }] });
    expect(sent(messages(claude), 'gemini/gemini-2.5-flash').body).not.toHaveProperty('toolConfig');
    const routed = sent(messages(claude), 'openrouter/x').body;
    expect(routed).toMatchObject({ plugins: [{ id: 'web' }] });
    expect(routed).not.toHaveProperty('tools');
    expect(routed).not.toHaveProperty('tool_choice');
    expect(sent(messages(claude), 'openai-responses/gpt-5').body).toMatchObject({
      tools: [{ type: 'web_search', filters: { allowed_domains: ['a.ch'] } }],
      tool_choice: { type: 'web_search' },
      include: expect.arrayContaining(['web_search_call.action.sources']),
    });
  });

  test('names the lists of pages that it cannot keep to', () => {
    const request = responses({
      tools: [{ type: 'web_search', filters: { allowed_domains: ['a'], blocked_domains: ['b'] } }],
    });
    const lost = (name: string) => {
      const target = targetOf(name);
      return target.provider.dialect.writeRequest(fitted(request, target).request, target).dropped;
    };
    const both = ['tools.web_search.allowed_domains', 'tools.web_search.blocked_domains'];
    expect(lost('gemini/gemini-2.5-flash')).toEqual(both);
    expect(lost('bedrock/us.amazon.nova-premier-v1:0')).toEqual(both);
    expect(lost('openrouter/x')).toEqual([]);
  });

  test('beside functions is not Google’s, unless it must be used', () => {
    expect(sent(responses({ tools: [search, fn] }), 'gemini/gemini-2.5-flash')).toMatchObject({
      dropped: ['tools.web_search'],
      body: { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    });
    const chosen = responses({ tools: [search, fn], tool_choice: { type: 'web_search' } });
    expect(sent(chosen, 'gemini/gemini-2.5-flash').body.tools).toEqual([{ googleSearch: {} }]);
  });

  test('of a chat caller is translated, passed on to its own dialect, and refused elsewhere', () => {
    const options = {
      search_context_size: 'high',
      user_location: { type: 'approximate', approximate: { city: 'Bern' } },
    };
    const request = openaiChatClient.readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      web_search_options: options,
    });
    expect(sent(request, 'anthropic/claude-sonnet-4-5').body.tools).toMatchObject([{ type: 'web_search_20250305' }]);
    expect(sent(request, 'plain/x').body).toMatchObject({ web_search_options: options });
    expect(sent(request, 'plain/x').body).not.toHaveProperty('tools');
    expect(refusalOf(() => sent(request, 'bedrock/us.anthropic.claude-sonnet-4-5'))).toMatchObject({
      status: 400,
      param: 'web_search_options',
    });
  });
});

test('fetching pages and running code are Anthropic’s and Google’s', () => {
  const tools = [
    { type: 'web_fetch_20250910', name: 'web_fetch' },
    { type: 'code_execution_20250825', name: 'code_execution' },
  ];
  expect(sent(messages({ tools }), 'gemini/gemini-2.5-flash').body.tools).toEqual([
    { urlContext: {} },
    { codeExecution: {} },
  ]);
  const code = sent(
    responses({ tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }),
    'anthropic/claude-x',
  );
  expect(code.body.tools).toEqual([{ type: 'code_execution_20250825', name: 'code_execution' }]);
  expect(code.headers).toMatchObject({ 'anthropic-beta': 'code-execution-2025-08-25' });
});

describe('a tool of free text with a grammar', () => {
  const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
  const request = () => responses({ tools: [{ type: 'custom', name: 'patch', description: 'Patches.', format }] });

  test.each(['anthropic/claude-x', 'gemini/gemini-2.5-flash', 'bedrock/us.anthropic.claude-x', 'deepseek/x'])(
    'has it in its description for %s',
    (name) => {
      const text = JSON.stringify(sent(request(), name).body);
      expect(text).toContain('Patches.\\n\\nThe input must follow this lark grammar:\\nstart: \\"x\\"');
    },
  );

  test('keeps it where both sides know it', () => {
    const target = loadCatalog({ providers: { openai: {} } }).resolve('openai/gpt-5')![0]!;
    const { body } = target.provider.dialect.writeRequest(request(), target);
    expect(JSON.parse(Buffer.from(body).toString()).tools[0].custom.format).toEqual({
      type: 'grammar',
      grammar: { syntax: 'lark', definition: 'start: "x"' },
    });
  });
});
