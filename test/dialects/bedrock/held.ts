import { bedrock as bedrockDialect } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import { wireEvent, wireReply } from '../../../shared/dialects/bedrock/wire.ts';
import { heldToSchema } from '../held-to-schema.ts';

/** The provider's half of the dialect; all it reads is held to its schema. */
export const bedrock = heldToSchema(bedrockDialect, { reply: wireReply, event: wireEvent });

/** The same for input that no provider sends. */
export const unheld = bedrockDialect;
