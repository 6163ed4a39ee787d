/** A column: its title, and the text of a cell. */
export type Columns<Row> = readonly (readonly [title: string, cell: (row: Row) => string | number | undefined])[];

export interface OutputOptions {
  json?: boolean;
  csv?: boolean;
}

type Write = (line: string) => void;

/** Prints rows as a table, or as JSON or CSV for a program. `whole` is what JSON shows; the rows unless given. */
export async function printRows<Row>(
  rows: readonly Row[],
  columns: Columns<Row>,
  { json, csv, whole = rows, write = console.log }: OutputOptions & { whole?: unknown; write?: Write },
): Promise<void> {
  if (json) {
    write(JSON.stringify(whole, null, 2));
    return;
  }
  const titles = columns.map(([title]) => title);
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row) ?? '')));
  if (csv) {
    for (const line of [titles, ...cells]) write(line.map(csvCell).join(','));
    return;
  }
  // Loaded only where a person reads.
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: titles,
    chars: plainLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...cells.map((line) => line.map(printable)));
  write(table.toString().replace(/ +$/gm, ''));
}

const plainLines = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);

/** Names are chosen by others: none may move the cursor or colour the screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�');

/** A cell that a spreadsheet reads as text, whatever it begins with. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const day = (seconds: number | undefined): string =>
  seconds === undefined ? '' : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
