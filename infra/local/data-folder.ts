import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface DataFolder {
  /** Where the table lies. */
  table: string;
  /** Lets another process have the folder. */
  release(): void;
}

/** Takes a folder for this process alone: two over one table on disk would ruin it. Throws where another process has it. */
export function takeDataFolder(folder: string): DataFolder {
  const full = path.resolve(folder);
  const lock = path.join(full, 'process');
  const table = path.join(full, 'table');
  // Keys and usage: not for others on this machine. A folder that is there already keeps the mode its owner gave it.
  mkdirSync(table, { recursive: true, mode: 0o700 });
  const owner = ownerOf(lock);
  if (owner !== undefined && isAlive(owner)) {
    throw new Error(`${full} is in use by the process ${owner}; end it, or give another folder with --data`);
  }
  chmodSync(table, 0o700);
  writeFileSync(lock, String(process.pid), { mode: 0o600 });
  return { table, release: () => rmSync(lock, { force: true }) };
}

function ownerOf(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    // No process has it.
    return undefined;
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return id !== process.pid;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
