type Defined<Fields> = { [Name in keyof Fields]?: NonNullable<Fields[Name]> };

/** The fields that have a value: neither undefined nor null. */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const found: Record<string, unknown> = {};
  // A loop, since every request makes many such objects: lists of entries cost several times as much.
  for (const name of Object.keys(fields)) {
    const value = fields[name as keyof Fields];
    // Fields may come from JSON: assigning this one would change the object's prototype instead.
    if (value != null && name !== '__proto__') found[name] = value;
  }
  return found as Defined<Fields>;
}
