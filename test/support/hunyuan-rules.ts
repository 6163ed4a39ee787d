/**
 * The rules of Hunyuan's API for `messages`, written from the rules and from nothing of ours: what is wrong with a list of
 * messages as it comes over the wire, or nothing. Used by a provider of bytes that refuses, and by the property tests.
 */
export function brokenRule(body: unknown, most = 40): string | undefined {
  const messages = (body as { messages?: unknown }).messages;
  if (!Array.isArray(messages) || messages.length === 0) return 'messages 不能为空';
  if (messages.length > most) return `messages 长度不能超过 ${most}`;
  const list = messages as Wire[];
  for (const [position, message] of list.entries()) {
    const wrong = wrongAlone(message, position);
    if (wrong) return `messages[${position}]: ${wrong}`;
  }
  return wrongOrder(list.filter(({ role }) => role !== 'system')) ?? wrongCalls(list);
}

/** Tencent's own words. */
export const NOT_ALTERNATING =
  'messages 中 user（tool） 和 assistant 角色需交替出现 (一问一答)，以 user 提问开始， user（tool）提问结束, tool 可以连续出现多次';

interface Wire {
  role: string;
  content?: unknown;
  tool_calls?: { id: string }[];
  tool_call_id?: string;
  reasoning_content?: unknown;
  function_call?: unknown;
}

const roles = ['system', 'user', 'assistant', 'tool'];

function wrongAlone(message: Wire, position: number): string | undefined {
  if (!roles.includes(message.role)) return `role ${message.role} 不存在`;
  if (message.role === 'system' && position > 0) return 'system 只能在最前';
  if ('reasoning_content' in message) return 'reasoning_content 不支持';
  if ('function_call' in message) return 'function_call 不支持';
  return isFull(message.content) ? undefined : 'content 不能为空';
}

function isFull(content: unknown): boolean {
  if (typeof content === 'string') return content.trim() !== '';
  if (!Array.isArray(content)) return false;
  return content.some((part) => part.type === 'text' && typeof part.text === 'string' && part.text.trim() !== '');
}

function wrongOrder(spoken: Wire[]): string | undefined {
  // Several results in a row are one turn; a user's turn beside them is one too many.
  const turns = spoken.filter(({ role }, place) => !(role === 'tool' && spoken[place - 1]?.role === 'tool'));
  if (turns[0]?.role !== 'user' || turns.at(-1)?.role === 'assistant') return NOT_ALTERNATING;
  const sides = turns.map(({ role }) => (role === 'assistant' ? 'assistant' : 'user'));
  return sides.some((side, place) => side === sides[place + 1]) ? NOT_ALTERNATING : undefined;
}

/** Every call has its result directly behind it, in its order, and no result is without its call. */
function wrongCalls(list: Wire[]): string | undefined {
  let place = 0;
  while (place < list.length) {
    const { role, tool_calls: calls = [] } = list[place]!;
    if (role === 'tool') return `messages[${place}]: tool 没有对应的 tool_calls`;
    const results = list.slice(place + 1, place + 1 + calls.length);
    if (calls.some(({ id }, index) => results[index]?.role !== 'tool' || results[index].tool_call_id !== id)) {
      return `messages[${place}]: tool_calls 没有对应的 tool`;
    }
    place += 1 + calls.length;
  }
  return undefined;
}
