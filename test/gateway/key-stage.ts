import type { Group } from '../../shared/call/virtual-key.ts';
import type { Rules } from '../../shared/catalog/rules.ts';
import { virtualKeyOf } from '../support/callers.ts';
import { openDirect } from '../support/direct.ts';

export const definition = {
  providers: {
    p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
    keyed: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'OURS' },
    claude: { preset: 'anthropic', baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
  },
  models: { 'gpt-a': 'p/a', 'gpt-b': 'p/b', other: 'p/c', alias: 'other', seen: 'claude/m' },
};
export const claudeReply = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};
export const headers = { authorization: 'Bearer sk-ann' };

/** The whole gateway for a key of these rules, asked in either dialect. */
export function open(
  rules: Rules,
  { groups = [] as Group[], json = undefined as unknown, defaultModel = undefined as string | undefined } = {},
) {
  const direct = openDirect({
    definition: defaultModel === undefined ? definition : { ...definition, defaultModel },
    ...(json ? { reply: () => ({ json }) } : {}),
    ports: () => ({
      keys: { find: async () => virtualKeyOf({ rules, ...(groups.length > 0 ? { group: groups[0]!.id } : {}) }) },
      groups: { find: async (id) => groups.find((group) => group.id === id) },
    }),
  });
  const chat = (body: object = {}) =>
    direct.call('/v1/chat/completions', {
      headers,
      body: { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }], ...body },
    });
  const messages = (body: object = {}) =>
    direct.call('/v1/messages', {
      headers: { 'x-api-key': 'sk-ann' },
      body: { model: 'gpt-a', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body },
    });
  const sent = () => JSON.parse(direct.asked.at(-1)!.text);
  return { ...direct, chat, messages, sent };
}
