/** Follows a JSON object that comes in pieces and says where it ends; what stands behind it is another one. */
export interface ValueEnd {
  /** The offset in this piece behind the object's last brace, where the piece holds it. */
  push(piece: string): number | undefined;
}

export function jsonValueEnd(): ValueEnd {
  let depth = 0;
  let inString = false;
  let escaped = false;

  return {
    push(piece) {
      for (let at = 0; at < piece.length; at += 1) {
        const character = piece[at];
        if (escaped) escaped = false;
        else if (inString) {
          if (character === '\\') escaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === '{' || character === '[') depth += 1;
        else if (character === '}' || character === ']') {
          depth -= 1;
          if (depth === 0) return at + 1;
        }
      }
      return undefined;
    },
  };
}
