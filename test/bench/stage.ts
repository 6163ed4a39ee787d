import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';
import { type Member, startMember } from './fork.ts';

/** Node's flags of a host of its own, as `npm start` has them. */
const hostFlags = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** All processes of the bench but the two that are compared. */
export interface Stage {
  load: Member;
  table: Member;
  startPipe(): Promise<Member>;
  startSluice(): Promise<Member>;
  close(): Promise<void>;
}

/** `profileInto` names a folder for CPU profiles of the two servers. */
export async function setStage(profileInto: string | undefined): Promise<Stage> {
  const minify = profileInto === undefined;
  const [upstream, load, table, pipe, sluice] = await Promise.all([
    startMember('upstream.ts'),
    startMember('load.ts'),
    startMember('table.ts'),
    bundle('pipe', { minify }),
    bundle('sluice', { minify }),
  ]);
  const tableName = await table.ask<string>('name');
  const flags = (server: string): string[] =>
    profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.join(profileInto, server)}`];
  return {
    load,
    table,
    startPipe: () => startMember(pipe, [upstream.url], flags('pipe')),
    startSluice: () => startMember(sluice, [upstream.url, table.url, tableName], [...hostFlags, ...flags('sluice')]),
    async close() {
      await Promise.all([upstream, load, table].map((member) => member.stop()));
    },
  };
}
