import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  mkdirSync(full, { recursive: true });
  const owner = ownerOf(lock);
  if (owner !== undefined && isAlive(owner)) {
    throw new Error(`${full} is in use by the process ${owner}; end it, or give another folder with --data`);
  }
  writeFileSync(lock, String(process.pid));
  return { table: path.join(full, 'table'), release: () => rmSync(lock, { force: true }) };
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
