/** So many texts are joined at a time. */
const BLOCK = 256;

/**
 * A JSON array of texts that are JSON already, joined block by block: a text that grows by each of a hundred thousand small ones
 * is a tree of all of them until its end, and takes several times its length in memory.
 */
export function jsonArray(texts: Iterable<string>): string {
  const blocks: string[] = [];
  let block: string[] = [];
  for (const text of texts) {
    block.push(text);
    if (block.length < BLOCK) continue;
    blocks.push(block.join(','));
    block = [];
  }
  if (block.length > 0) blocks.push(block.join(','));
  return `[${blocks.join(',')}]`;
}
