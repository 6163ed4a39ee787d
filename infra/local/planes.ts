import type { Gateway } from '../../shared/gateway/gateway.ts';
import { adminPath } from '../../shared/operations/admin.ts';

/** Both functions behind one address, as on one machine: the administration below its path, callers everywhere else. */
export function bothPlanes(gateway: Gateway, admin: Gateway): Gateway {
  return (http, run) => (isBelow(http.path, adminPath) ? admin(http, run) : gateway(http, run));
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
