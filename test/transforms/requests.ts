import type { ChatEvent } from '../../shared/chat/events.ts';
import type { ChatRequest, Message } from '../../shared/chat/request.ts';

export const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });

export const requestOf = (extra: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  stream: false,
  messages: [user('hi')],
  ...extra,
});

export const textEvent = (text: string): ChatEvent => ({ type: 'text', text });
