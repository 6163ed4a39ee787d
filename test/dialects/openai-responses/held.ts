import { openaiResponses as openaiResponsesDialect } from '../../../shared/dialects/openai-responses/provider/dialect.ts';
import { wireEvent, wireResponse } from '../../../shared/dialects/openai-responses/wire-reply.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const openaiResponses = heldToSchema(openaiResponsesDialect, { reply: wireResponse, event: wireEvent });

/** The same for input that no provider sends. */
export const unheld = openaiResponsesDialect;
