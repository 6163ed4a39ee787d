import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { systemTime } from '../../shared/async/time.ts';
import { createOperationsPorts } from '../../shared/aws/admin/ports.ts';
import { createDescriptions } from '../../shared/aws/memory/descriptions.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { serve } from '../../shared/hosts/node.ts';
import { createAdmin } from '../../shared/operations/admin.ts';
import type { OperationsPorts } from '../../shared/operations/ports.ts';
import { MASTER_KEY } from './rig.ts';

/** An answer that was read. */
export interface Answered {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape.
  body: any;
}

/** The administration over sockets and a real table. */
export interface AdminRig {
  url: string;
  local: LocalTable;
  ports: OperationsPorts;
  logged: { level: 'warn' | 'error'; message: string; fields?: Record<string, unknown> | undefined }[];
  /** One request with the master key, unless its headers say otherwise; paths without `/admin/v1`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  close(): Promise<void>;
}

interface Options {
  definition?: object;
  table?: LocalTable;
  ports?: (ports: OperationsPorts) => Partial<OperationsPorts>;
}

const baseUrl = 'http://127.0.0.1:9/v1';
const usual = { providers: { p: { baseUrl, secret: 'P_KEY' }, open: { baseUrl, auth: 'none' } } };

export async function startAdminRig({
  definition = usual,
  table: given,
  ports: replaced = () => ({}),
}: Options = {}): Promise<AdminRig> {
  const local = given ?? (await startTable());
  const { table } = local;
  const logged: AdminRig['logged'] = [];
  const log = {
    warn: (message: string, fields?: Record<string, unknown>) => void logged.push({ level: 'warn', message, fields }),
    error: (message: string, fields?: Record<string, unknown>) => void logged.push({ level: 'error', message, fields }),
  };
  const catalog = loadCatalog(definition);
  const made = createOperationsPorts({
    catalog,
    table,
    log,
    time: systemTime,
    masterKeys: async () => [MASTER_KEY],
    descriptions: createDescriptions({ catalog, log, table }),
    checks: { table: async () => {} },
  });
  const ports = { ...made, ...replaced(made) };
  const server = await serve(createAdmin(ports), { port: 0, host: '127.0.0.1', bodyBytes: 1_000_000, log });
  return {
    url: server.url,
    local,
    ports,
    logged,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${server.url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    async close() {
      await server.close();
      if (!given) await local.close();
    },
  };
}
