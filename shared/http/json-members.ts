/** A top-level member of a JSON object, as offsets into its bytes: `keyStart` at the quote, `end` behind the value. */
export interface Member {
  key: string;
  keyStart: number;
  valueStart: number;
  end: number;
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

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;
const CLOSE_BRACE = 125;
const CLOSE_BRACKET = 93;
const COLON = 58;
const COMMA = 44;

/** A member whose key is not read yet. */
type Place = Omit<Member, 'key'>;

/**
 * Finds the top-level members of a JSON object in one pass over its bytes, before they are parsed. Bytes that are no JSON
 * object give places without meaning: the caller parses them next.
 */
export function measure(bytes: Buffer, maxDepth: number): Place[] | 'too-deep' {
  const places: Place[] = [];
  let level = 0;
  let open: Place | undefined;

  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (level === 1 && open === undefined) open = { keyStart: at, valueStart: -1, end: -1 };
      at = stringEnd(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      level += 1;
      if (level > maxDepth) return 'too-deep';
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      level -= 1;
      if (level === 0) close(at);
    } else if (level === 1 && byte === COLON && open) {
      open.valueStart = skipSpace(bytes, at + 1);
      at = open.valueStart - 1;
    } else if (level === 1 && byte === COMMA) {
      close(at);
    }
  }
  return places;

  function close(at: number): void {
    if (!open) return;
    let end = at;
    while (isSpace(bytes[end - 1])) end -= 1;
    open.end = end;
    places.push(open);
    open = undefined;
  }
}

/** The key of a member, its escapes read, of bytes that are known to be a valid JSON object. */
export const keyOf = (bytes: Buffer, { keyStart }: Place): string =>
  JSON.parse(bytes.toString('utf8', keyStart, stringEnd(bytes, keyStart) + 1));

function stringEnd(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return bytes.length;
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

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
