import * as z from 'zod';
import type { Traits } from '../dialects/traits.ts';
import { isJsonObject } from '../http/json.ts';
import { MOST_VALUES } from '../http/json-scan.ts';
import { endpointDialects } from '../providers/endpoints.ts';
import { authKinds } from '../providers/provider.ts';
import { type PresetName, presetNames } from '../providers/registry.ts';
import { iamCallers, jwt } from './callers.ts';

/** The user's configuration. Strict: an unknown name is a mistake, and the message of a mistake names its place. */

/** Which traits there are depends on the dialect of the provider: `loadCatalog` checks them, once that is known. */
const traits = z.custom<Traits>(isJsonObject, 'expected an object of traits');

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a provider is named with letters, digits, dots, dashes and underscores');

/** Timers take at most 2^31 - 1 ms (24.8 days): one that is set to more fires at once. */
const hour = 3_600_000;
const upToAnHour = z.int().positive().max(hour, `expected at most ${hour} (one hour)`);
const upToADay = z
  .int()
  .positive()
  .max(24 * hour, `expected at most ${24 * hour} (24 hours)`);

/** A whole number from `least` to `most`. */
const count = (least: number, most: number) => z.int().min(least).max(most);
/** Bytes that lie in memory, as base64 text too: Node's longest text has 512 MB. */
const bytesInMemory = count(1, 256_000_000);
const TEN_YEARS = 315_360_000;

const timeouts = z.strictObject({
  /** Until the connection is made; 5,000 by default, at most one hour. */
  connectMs: upToAnHour.optional(),
  /**
   * Until a stream's first event with content: headers, comments, pings and counts do not count. 120,000 by default, at most
   * one hour.
   */
  firstEventMs: upToAnHour.optional(),
  /**
   * Until all of a reply that is no stream is there: a model may write for minutes before the first byte. Then the next target
   * is asked. 300,000 by default, at most one hour.
   */
  replyMs: upToAnHour.optional(),
  /** Between two reads of a body; 120,000 by default, at most one hour. */
  idleMs: upToAnHour.optional(),
  /** For one call of one provider as a whole; 900,000 by default, at most 24 hours. */
  totalMs: upToADay.optional(),
});

export const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s?#]+$/, 'expected an http(s) address without query, e.g. https://api.example.com/v1');

/** Visible ASCII without `#`: anything else cannot stand in the address of a call. */
const urlPath = z
  .string()
  .regex(/^\/[!-"$-~]*$/, "expected a path that begins with '/', in visible ASCII without spaces and '#'");
export const urlQuery = z
  .string()
  .regex(/^(?!\?)[!-"$-~]*$/, "expected a query without '?' before it, in visible ASCII without spaces and '#'");

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-fields */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a header: letters, digits and dashes')
  .refine((text) => !ownHeaders.has(text.toLowerCase()), 'the gateway sets this header itself');
const ownHeaders: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection']);
const headerText = z.string().regex(/^[\t -~]*$/, 'expected the value of a header: visible ASCII, spaces and tabs');

const endpoint = z.strictObject({
  /** Where this API begins; the preset's own by default. `{name}` is filled from the provider's `parameters`. */
  baseUrl: httpUrl.optional(),
  /** Path of conversations under it; the dialect's own by default. */
  path: urlPath.optional(),
  /** As those of the provider, for this endpoint alone. */
  traits: traits.optional(),
});

const provider = z.strictObject({
  /** Which known provider it is; by default the one of its own name, else `openai-compatible`. */
  preset: z.enum(presetNames as [PresetName, ...PresetName[]]).optional(),
  /** Where its API begins, version included; the preset's own by default. `{name}` is filled from `parameters`. */
  baseUrl: httpUrl.optional(),
  /** Path of conversations under the base URL; the dialect's own by default. `{model}` is filled. */
  path: urlPath.optional(),
  /** Query of every call, without the `?`. */
  query: urlQuery.optional(),
  /** How the key is sent; `none` without a key, `aws` where calls are signed with the function's own role. */
  auth: z.enum(authKinds).optional(),
  /** Name of its key among the provider keys, never the key itself; the preset's own by default. */
  secret: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,127}$/, 'expected the name of a secret, such as TEAM_PROVIDER_KEY, not a key')
    .optional(),
  /** Headers of every call, beside the preset's own. */
  headers: z.record(headerName, headerText).optional(),
  /** Values for the `{name}`s in the base URL, in the preset's query, and for signing; one without an effect is a mistake. */
  parameters: z.record(z.string(), z.string()).optional(),
  /** In what it differs from its preset. Which traits there are depends on its dialect; one without an effect is a mistake. */
  traits: traits.optional(),
  /** Its own time-outs; those that are not set are the general ones. */
  timeouts: timeouts.optional(),
  /** All callers are served in this one of its dialects; by default each in its own, where the provider speaks it. */
  dialect: z.enum(endpointDialects).optional(),
  /** Where else it is asked, and by callers of which dialect; `false` takes an endpoint of its preset away. */
  endpoints: z.partialRecord(z.enum(endpointDialects), z.union([z.literal(false), endpoint])).optional(),
});

const targets = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
/** Far above every model: a number that is typed wrong shows, and clients that keep it in 32 bits stay right. */
const tokensOfModel = count(1, 1_000_000_000);
const model = z.union([
  targets,
  z.strictObject({
    /** What it stands for; by default the name itself, which is then `<provider>/<model id>`. */
    targets: targets.optional(),
    /** In what it differs from its provider; each trait must have an effect for at least one of its targets. */
    traits: traits.optional(),
    /** Whether it takes images; known by the model's name by default. */
    sees: z.boolean().optional(),
    /** Whether it calls tools; known by the model's name by default. */
    tools: z.boolean().optional(),
    /** Whether it thinks before it answers, as lists of models say; known by the kept table of models by default. */
    thinks: z.boolean().optional(),
    /** Most tokens of a conversation, its answer included, as lists of models say; known by the kept table by default. */
    contextLength: tokensOfModel.optional(),
    /** Most tokens of an answer, as lists of models say; known by the kept table by default. It bounds nothing. */
    maxOutputTokens: tokensOfModel.optional(),
    /** What lists of models call it for people to read; by default its maker's name of it, or for an alias the alias itself. */
    displayName: z
      .string()
      .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u, 'expected a name of at most 200 signs, without control characters')
      .optional(),
    /** Largest image it takes, in bytes; at most 256 MB. */
    maxImageBytes: bytesInMemory.optional(),
    /** Models that describe images for it, which must not see; the next is asked where one fails or answers too little. */
    vision: targets.optional(),
  }),
]);

/** Descriptions of images for models that do not see. */
const vision = z.strictObject({
  /** Models that describe images for all models without `vision` of their own; without it, those get images as they are. */
  describer: targets.optional(),
  /** Where an image cannot be described: the request is refused, or a text in its place says that it could not be read. */
  onFailure: z.enum(['refuse', 'omit']).default('refuse'),
  /** Descriptions made at once for one request; at most 100. */
  atOnce: count(1, 100).default(4),
  /** Most images of one request; at most 1000. */
  maxImages: count(1, 1000).default(100),
  /** Most tokens of a description. */
  maxTokens: count(1, 1_000_000).default(2000),
  /** For one description, all describers together; at most one hour. */
  timeoutMs: upToAnHour.default(60_000),
  /** How long an image's address is taken to hold the same image, without fetching it again. */
  urlSeconds: count(0, TEN_YEARS).default(300),
  cache: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Most descriptions in the memory of one process. */
      maxEntries: count(1, 1_000_000).default(1000),
      /** Most bytes of them in the memory of one process. */
      maxBytes: count(1, 10_000_000_000).default(16_000_000),
      /** How long a description is remembered; at most ten years. */
      ttlSeconds: count(1, TEN_YEARS).default(2_592_000),
      /** One caller's descriptions are used for all other callers too. */
      shared: z.boolean().default(false),
    })
    .prefault({}),
});

/** CloudWatch keeps logs for these numbers of days and for no others. */
const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export const gatewayConfig = z.strictObject({
  /** Providers that may be asked. One with the name of a preset needs nothing more than `{}`. */
  providers: z
    .record(name, provider)
    .refine((providers) => Object.keys(providers).length > 0, 'name at least one provider'),
  /** Names callers may use, and what each stands for: `<provider>/<model id>`, another alias, or several in order. */
  models: z.record(z.string().min(1), model).default({}),
  /** The model for unknown names; without it, unknown names are refused. */
  defaultModel: z.string().optional(),
  /** Serve only the names in `models`, not `<provider>/<model id>`. */
  closed: z.boolean().default(false),
  /** Refuse fields that a provider does not take, instead of dropping them and naming them in `x-sluice-dropped`. */
  strictParams: z.boolean().default(false),
  /** For all providers; a provider's own `timeouts` replace them one by one. */
  timeouts: timeouts.default({}),
  stream: z
    .strictObject({
      /** How long the status waits for the provider's first event; then 200 is sent, and comments keep the stream alive. */
      commitAfterMs: upToAnHour.default(10_000),
      /** Silence after which a comment (or a ping) is sent; at most one hour. */
      keepAliveMs: upToAnHour.default(15_000),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /**
       * Largest request body, as it comes and unpacked; at most 256 MB. Lambda itself takes 6 MB. One whose text is written again for
       * the provider takes some nine times as much memory: 10 MB is what a process of 256 MB has room for.
       */
      bodyBytes: bytesInMemory.default(10_000_000),
      /** Deepest nesting of a request body. */
      depth: count(10, 2000).default(200),
      /**
       * Most values of a request body or of a provider's reply, each counted as what it costs to parse (1 for a number in a list, 3
       * for a member, 40 for one by a new name, 6 for an object or a list, 10 for a text); at most 1,000,000,000.
       */
      values: count(1000, 1_000_000_000).default(MOST_VALUES),
      /** Largest event of a provider's stream, and most bytes before its first event with content, unpacked; at most 256 MB. */
      eventBytes: bytesInMemory.default(16_000_000),
      /**
       * Largest reply of a provider that is no stream, unpacked; at most 256 MB. It lies in memory as bytes, as text and as values,
       * and is written again: some eight times as much, so 10 MB is what a process of 256 MB has room for.
       */
      replyBytes: bytesInMemory.default(10_000_000),
      /**
       * Most content of a provider's stream that is translated: text, thinking, arguments; images count a quarter. At most 256 MB. Some
       * callers' dialects repeat all of it at the end, up to four times: 4 MB is what a function of 256 MB has room for.
       */
      streamBytes: bytesInMemory.default(4_000_000),
    })
    .prefault({}),
  /** Images and files that callers give by address and a provider takes as bytes only: the gateway fetches them. */
  media: z
    .strictObject({
      /** Hosts (`images.internal:8080`) that may be private or use http; all others must be public and use https. */
      trustedHosts: z.array(z.string()).default([]),
      /** Largest image or file; at most 256 MB. */
      maxBytes: bytesInMemory.default(10_000_000),
      /** For one image or file, redirects included; at most one hour. */
      timeoutMs: upToAnHour.default(10_000),
      /** Most addresses that are fetched for one call of a provider; at most 1000. */
      maxCount: count(1, 1000).default(100),
      /**
       * Most bytes of all images and files of a request that are fetched, together; at most 256 MB. A request takes some seven
       * times as much memory: 10 MB is what a process of 256 MB has room for.
       */
      totalBytes: bytesInMemory.default(10_000_000),
      /** For fetching all images and files of a request; at most one hour. */
      totalMs: upToAnHour.default(30_000),
    })
    .prefault({}),
  vision: vision.prefault({}),
  /** Issuers (OIDC) whose tokens are accepted in place of a key. */
  jwt: jwt.optional(),
  /** Browsers of these origins may call; `*` for all. */
  cors: z.strictObject({ origins: z.array(z.string()).min(1) }).optional(),
  usage: z
    .strictObject({
      /** How long usage records are kept; at most ten years. */
      retentionDays: count(1, 3653).default(400),
    })
    .prefault({}),
  /** What is deployed. */
  aws: z
    .strictObject({
      /** Another gateway beside the first one, in a stack of its own; without it, the stack is called `Sluice`. */
      stage: z
        .string()
        .regex(/^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/, 'expected letters and digits, with single dashes between them')
        .max(40)
        .optional(),
      memoryMb: count(128, 10_240).default(256),
      timeoutSeconds: count(10, 900).default(900),
      /** Most runs at once; by default the account's own limit (a new account may have ten in all). */
      reservedConcurrency: count(1, 100_000).optional(),
      logRetentionDays: z.literal(logRetentionDays).default(30),
      /** Only callers who sign their requests with AWS credentials reach the address (auth type `AWS_IAM`); `{}` for all of those. */
      iamCallers: iamCallers.optional(),
      /** Where alarms are sent. */
      alarmEmail: z.email().optional(),
    })
    .prefault({}),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
export type ProviderConfig = z.input<typeof provider>;
export type Timeouts = { [Name in keyof z.output<typeof timeouts>]-?: number };

/** What a user writes. The editor completes the names of the presets; other names are allowed. */
export type GatewayDefinition = Omit<z.input<typeof gatewayConfig>, 'providers'> & {
  providers: { [Preset in PresetName]?: ProviderConfig } & { [name: string]: ProviderConfig };
};

/** Types a configuration; it is checked as a whole by `loadCatalog`. */
export const defineGateway = (definition: GatewayDefinition): GatewayDefinition => definition;
