import path from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean } from '../../shared/catalog/nearest.ts';

export interface StartOptions {
  help: boolean;
  port: number;
  host: string;
  /** The file with the configuration. */
  config: string;
  /** The folder that keeps keys, groups and usage; in memory without it. */
  data: string | undefined;
  demo: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const options = {
  port: { type: 'string' },
  config: { type: 'string' },
  data: { type: 'string' },
  host: { type: 'string' },
  'no-demo': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const help = `Starts the gateway on this machine.

  npm start -- [options]

  --port NUMBER   where to listen; 0 takes a free port        PORT, else 8787
  --config FILE   the configuration, .ts, .js or .json        SLUICE_CONFIG, else infra/gateway.config.ts
  --data DIR      keep keys, groups and usage in this folder  SLUICE_DATA, else in memory
  --host ADDRESS  which interface to listen on                HOST, else 127.0.0.1
  --no-demo       without the demo models
  --help          this text

On the right is what holds without the option. MASTER_KEY sets the master key (at least 32 characters), and keys of providers
(OPENAI_API_KEY=…) are read from the environment too, or from the file .env beside package.json.`;

/** What the command line and the environment say. Throws an error that says what would be right. */
export function readOptions(args: readonly string[], env: Environment, root: string): StartOptions {
  const { values, positionals } = parsed(args);
  if (positionals[0] !== undefined) throw new Error(standsAlone(positionals[0], env));
  return {
    help: values.help ?? false,
    port: portOf(values.port ?? env.PORT ?? '8787'),
    host: values.host ?? env.HOST ?? '127.0.0.1',
    config: values.config ?? env.SLUICE_CONFIG ?? path.join(root, 'infra/gateway.config.ts'),
    data: values.data ?? (env.SLUICE_DATA || undefined),
    demo: !values['no-demo'],
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    const [, option] = /^Unknown option '(-[^']*)'/.exec(message) ?? [];
    if (option === undefined && !code?.startsWith('ERR_PARSE_ARGS_')) throw thrown;
    const known = Object.keys(options).map((name) => `--${name}`);
    const said = option === undefined ? message : `There is no option ${option}${didYouMean(option, known)}`;
    throw new Error(`${said.replace(/\.$/, '')}. npm start -- --help shows all.`, { cause: thrown });
  }
}

/** npm takes options before `--` for its own and leaves their values: `npm start --port 9000` arrives as `9000`. */
function standsAlone(word: string, env: Environment): string {
  const taken = Object.keys(options).find((name) => env[`npm_config_${name}`] !== undefined);
  return `'${word}' is no option. Options follow two dashes: npm start -- ${taken ? `--${taken} ${word}` : '--port 8787'}`;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new Error(`'${text}' is no port; give a number from 0 to 65535 (0 takes a free one)`);
}
