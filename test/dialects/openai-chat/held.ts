import { openaiChat as openaiChatDialect } from '../../../shared/dialects/openai-chat/provider/dialect.ts';
import { wireReply } from '../../../shared/dialects/openai-chat/wire-reply.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const openaiChat = heldToSchema(openaiChatDialect, { reply: wireReply, event: wireReply });
