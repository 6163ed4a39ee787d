import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One place of a patch: the lines it replaces, context included, wherever they stand in the file. */
interface Change {
  file: string;
  before: string;
  after: string;
}

/** Reads a patch in unified format, its line numbers left aside: code around it moves. */
export function readPatch(patch: string): Change[] {
  const changes: Change[] = [];
  let file = '';
  for (const line of patch.split('\n')) {
    if (line.startsWith('+++ b/')) file = line.slice('+++ b/'.length);
    else if (line.startsWith('@@')) changes.push({ file, before: '', after: '' });
    else if (!line.startsWith('--- ') && /^[ +-]/.test(line)) {
      const change = changes.at(-1);
      if (!change) throw new Error('the patch has a line before its first place');
      if (line[0] !== '+') change.before += `${line.slice(1)}\n`;
      if (line[0] !== '-') change.after += `${line.slice(1)}\n`;
    }
  }
  return changes;
}

/** Applies a patch to the tree under a folder; fails where its lines are not found exactly once. */
export function applyPatch(patch: string, root: string, { dry = false } = {}): void {
  for (const { file, before, after } of readPatch(patch)) {
    const place = path.join(root, file);
    const parts = readFileSync(place, 'utf8').split(before);
    if (parts.length !== 2) throw new Error(`${file}: the lines of the patch stand there ${parts.length - 1} times`);
    if (!dry) writeFileSync(place, parts.join(after));
  }
}
