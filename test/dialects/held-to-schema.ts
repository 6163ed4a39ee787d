import type * as z from 'zod';
import type { ProviderDialect } from '../../shared/dialects/dialect.ts';
import { isJsonObject, tryParseLenient } from '../../shared/http/json.ts';

/** What a dialect reads, as its `wire.ts` says it. */
export interface WireSchemas {
  reply: z.ZodType;
  event: z.ZodType;
}

/**
 * The dialect, with every reply and event that a test gives it held against its schema first: so that the schema cannot drift
 * from what is read. A test whose input is no reply of any provider reads with the dialect itself.
 */
export function heldToSchema(dialect: ProviderDialect, { reply, event }: WireSchemas): ProviderDialect {
  return {
    ...dialect,
    readReply(body, context) {
      reply.parse(body);
      return dialect.readReply(body, context);
    },
    streamReader(context) {
      const reader = dialect.streamReader(context);
      return {
        ...reader,
        read(sent) {
          const value = tryParseLenient(sent.data);
          if (isJsonObject(value)) event.parse(value);
          return reader.read(sent);
        },
      };
    },
  };
}
