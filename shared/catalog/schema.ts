import * as z from 'zod';
import type { Traits } from '../dialects/traits.ts';
import { isJsonObject } from '../http/json.ts';
import { type PresetName, presetNames } from '../providers/registry.ts';

/** The user's configuration. Strict: a word it does not know is a mistake, and a mistake says where it is. */

/** Which traits there are depends on the dialect of the provider: `loadCatalog` checks them, once that is known. */
const traits = z.custom<Traits>(isJsonObject, 'expected an object of traits');

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a provider is named with letters, digits, dots, dashes and underscores');

const milliseconds = z.int().positive();

const timeouts = z.strictObject({
  /** Until the connection stands. */
  connectMs: milliseconds.optional(),
  /** Until a stream's first event, or a whole reply's first byte. */
  firstEventMs: milliseconds.optional(),
  /** Between two reads of a body. */
  idleMs: milliseconds.optional(),
  /** For everything. */
  totalMs: milliseconds.optional(),
});

const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s?#]+$/, 'expected an http(s) address without query, e.g. https://api.example.com/v1');

const provider = z.strictObject({
  /** Which known provider it is; unless said, the one of its own name. */
  preset: z.enum(presetNames as [PresetName, ...PresetName[]]).optional(),
  baseUrl: httpUrl.optional(),
  path: z.string().startsWith('/').optional(),
  query: z.string().optional(),
  auth: z.enum(['bearer', 'api-key', 'x-api-key', 'x-goog-api-key', 'google-oauth', 'none', 'aws']).optional(),
  /** Name of its key among the provider keys, never the key itself. */
  secret: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,127}$/, 'expected the name of a secret, such as OPENAI_API_KEY, not a key')
    .optional(),
  headers: z.record(z.string(), z.string()).optional(),
  parameters: z.record(z.string(), z.string()).optional(),
  traits: traits.optional(),
  timeouts: timeouts.optional(),
});

const targets = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const model = z.union([
  targets,
  z.strictObject({
    /** Unless said, the name itself, which is then `<provider>/<model id>`. */
    targets: targets.optional(),
    traits: traits.optional(),
    /** Whether it takes images, and whether it calls tools; what is known of it by its name unless said. */
    sees: z.boolean().optional(),
    tools: z.boolean().optional(),
    /** Largest image it takes. */
    maxImageBytes: z.int().positive().optional(),
    /** Who puts images into words for it where it cannot see: a model, or several, the next where one says too little. */
    vision: targets.optional(),
  }),
]);

/** Images in words for models that cannot see. */
const vision = z.strictObject({
  /** Who describes them for models that name nobody themselves; without it, their images go to them as they are. */
  delegate: targets.optional(),
  /** What becomes of a request with an image that cannot be described: refused, or answered with words that say so. */
  onFailure: z.enum(['refuse', 'omit']).default('refuse'),
  /** Descriptions under way at once, for one request. */
  atOnce: z.int().positive().default(4),
  /** Most images of one request. */
  maxImages: z.int().positive().default(100),
  /** Most tokens of a description. */
  maxTokens: z.int().positive().default(2000),
  /** For one description, all delegates together. */
  timeoutMs: milliseconds.default(60_000),
  /** How long an address is known to hold the image that was fetched from it. */
  urlSeconds: z.int().nonnegative().default(300),
  cache: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** In the memory of one process. */
      maxEntries: z.int().positive().default(1000),
      maxBytes: z.int().positive().default(16_000_000),
      ttlSeconds: z.int().positive().default(2_592_000),
      /** One caller's descriptions serve all others too. */
      shared: z.boolean().default(false),
    })
    .prefault({}),
});

/** CloudWatch keeps logs for these numbers of days and for no others. */
const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export const gatewayConfig = z.strictObject({
  /** Who may be asked. The name of a preset needs nothing more than `{}`. */
  providers: z.record(name, provider),
  /** Names callers may use: an alias, and what it stands for: `<provider>/<model id>`, another alias, or several in order. */
  models: z.record(z.string().min(1), model).default({}),
  /** What an unknown name gets; without it, unknown names are refused. */
  defaultModel: z.string().optional(),
  /** Only the names in `models` are served; `<provider>/<model id>` is not. */
  closed: z.boolean().default(false),
  /** Refuse a request field that its provider does not take, in place of dropping it and naming it in `x-sluice-dropped`. */
  strictParams: z.boolean().default(false),
  timeouts: timeouts.default({}),
  stream: z
    .strictObject({
      /** A stream whose provider is silent this long is answered with 200 all the same, and kept alive. */
      commitAfterMs: milliseconds.default(10_000),
      /** Silence after which a comment (or a ping) is sent. */
      keepAliveMs: milliseconds.default(15_000),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Largest request body; on Lambda the platform's own 6 MB come first. */
      bodyBytes: z.int().positive().default(20_000_000),
      /** Deepest nesting of a request body. */
      depth: z.int().min(10).max(2000).default(200),
    })
    .prefault({}),
  /** Images and files that callers name by address and a provider wants as bytes: fetched by the gateway, guarded. */
  media: z
    .strictObject({
      /** Hosts (`images.internal:8080`) fetched over http too, wherever they are; all others must be on the open internet. */
      trustedHosts: z.array(z.string()).default([]),
      maxBytes: z.int().positive().default(20_000_000),
      timeoutMs: milliseconds.default(10_000),
    })
    .prefault({}),
  vision: vision.prefault({}),
  /** Browsers of these origins may call; `*` for all. */
  cors: z.strictObject({ origins: z.array(z.string()).min(1) }).optional(),
  usage: z.strictObject({ retentionDays: z.int().positive().default(400) }).prefault({}),
  /** What is deployed. */
  aws: z
    .strictObject({
      memoryMb: z.int().min(128).max(10_240).default(256),
      timeoutSeconds: z.int().min(10).max(900).default(900),
      /** Most runs at once; absent, the account's own limit holds (a new account may have ten in all). */
      reservedConcurrency: z.int().positive().optional(),
      logRetentionDays: z.literal(logRetentionDays).default(30),
      /** Where alarms are sent. */
      alarmEmail: z.email().optional(),
    })
    .prefault({}),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
export type ProviderConfig = z.input<typeof provider>;
export type Timeouts = { [Name in keyof z.output<typeof timeouts>]-?: number };

/** What a user writes: the names of the presets are completed by the editor, others are free. */
export type GatewayDefinition = Omit<z.input<typeof gatewayConfig>, 'providers'> & {
  providers: { [Preset in PresetName]?: ProviderConfig } & { [name: string]: ProviderConfig };
};

/** Types a configuration; it is checked as a whole by `loadCatalog`. */
export const defineGateway = (definition: GatewayDefinition): GatewayDefinition => definition;
