import { gemini as geminiDialect } from '../../../shared/dialects/gemini/provider/dialect.ts';
import { wireReply } from '../../../shared/dialects/gemini/wire.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const gemini = heldToSchema(geminiDialect, { reply: wireReply, event: wireReply });

/** The same for input that no provider sends. */
export const unheld = geminiDialect;
