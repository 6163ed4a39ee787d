import { type Place, stringEnd } from './json-scan.ts';

/** A top-level member of a JSON object. */
export interface Member extends Place {
  key: string;
}

/** Changes to the top-level members of an object. Values are JSON texts. */
export interface Edits {
  set?: Readonly<Record<string, string>>;
  rename?: Readonly<Record<string, string>>;
  remove?: ReadonlySet<string>;
}

/** An object's bytes and where its members are. */
export interface Measured {
  bytes: Buffer;
  members: Member[];
}

/** The key of a member, its escapes read, of bytes that are known to be a valid JSON object. */
export const keyOf = (bytes: Buffer, { keyStart }: Place): string =>
  JSON.parse(bytes.toString('utf8', keyStart, stringEnd(bytes, keyStart) + 1));

/** The object's bytes with some members changed and every other byte as it came; new members go to the end. */
export function editMembers(
  { bytes, members }: Measured,
  { set = {}, rename = {}, remove = new Set() }: Edits,
): Buffer {
  const pieces: Buffer[] = [];
  const missing = new Set(Object.keys(set));
  let kept = 0;
  members.forEach((member, position) => {
    missing.delete(member.key);
    if (remove.has(member.key)) return;
    const previousEnd = position === 0 || kept === 0 ? undefined : members[position - 1]!.end;
    pieces.push(
      previousEnd === undefined
        ? bytes.subarray(0, members[0]!.keyStart)
        : bytes.subarray(previousEnd, member.keyStart),
    );
    kept += 1;
    const newName = own(rename, member.key);
    if (newName === undefined) pieces.push(bytes.subarray(member.keyStart, member.valueStart));
    else pieces.push(Buffer.from(`${JSON.stringify(newName)}:`));
    const newValue = own(set, member.key);
    pieces.push(newValue === undefined ? bytes.subarray(member.valueStart, member.end) : Buffer.from(newValue));
  });
  const added = [...missing].map((name) => `${JSON.stringify(name)}:${set[name]}`).join(',');
  const last = members.at(-1);
  if (kept === 0) return Buffer.from(`{${added}}`);
  return Buffer.concat([...pieces, Buffer.from(added === '' ? '' : `,${added}`), bytes.subarray(last!.end)]);
}

/** A body may have a member called `__proto__`: only what is really in the table counts. */
const own = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
