import { anthropic as anthropicDialect } from '../../../shared/dialects/anthropic/provider/dialect.ts';
import { wireEvent, wireReply } from '../../../shared/dialects/anthropic/wire-reply.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const anthropic = heldToSchema(anthropicDialect, { reply: wireReply, event: wireEvent });

/** The same for input that no provider sends. */
export const unheld = anthropicDialect;
