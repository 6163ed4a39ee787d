import * as z from 'zod';

/** The environment of the functions: the infrastructure writes it, each function parses it at start. */
export const functionEnv = z.object({
  /** Name of the DynamoDB table. */
  SLUICE_TABLE: z.string().min(3),
  /** Secrets Manager id of the master key; the secret is the key itself. */
  SLUICE_MASTER_KEY_SECRET: z.string().min(1),
  /** Secrets Manager id of the providers' keys; the secret is a JSON object, name → key. */
  SLUICE_PROVIDER_KEYS_SECRET: z.string().min(1),
  /** Which of several gateways of an account and region this is; the default one has no name. */
  SLUICE_STAGE: z.string().optional(),
  /** Set by Lambda itself. */
  AWS_REGION: z.string().min(1),
  LOG_LEVEL: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT']).default('INFO'),
});

/** The administration asks no provider, and has none of their keys. */
export const adminEnv = functionEnv.omit({ SLUICE_PROVIDER_KEYS_SECRET: true });

export type AdminFunctionEnv = z.infer<typeof adminEnv>;
export type FunctionEnv = z.infer<typeof functionEnv>;

/** Parses an environment and names every variable that is missing or wrong. */
export function parseEnv<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not complete. ${wrong.join('; ')}`);
}
