import { cohere as cohereDialect } from '../../../shared/dialects/cohere/provider/dialect.ts';
import { wireEvent, wireReply } from '../../../shared/dialects/cohere/wire.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const cohere = heldToSchema(cohereDialect, { reply: wireReply, event: wireEvent });

/** The same for input that no provider sends. */
export const unheld = cohereDialect;
