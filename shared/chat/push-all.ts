/** Appends all items. `push(...items)` puts them on the stack, which holds some 120,000. */
export function pushAll<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}
