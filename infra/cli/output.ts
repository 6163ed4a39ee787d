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
    write(escaped(JSON.stringify(whole, null, 2)));
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

/** Control characters, and those that turn the direction of a line round: both change how other text is shown. */
const unseen = '\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff';
const unseenCharacter = new RegExp(`[${unseen}]`, 'g');
const unseenInLines = new RegExp(`(?!\n)[${unseen}]`, 'g');

/** Names are chosen by others: none may move the cursor or colour the screen. */
export const printable = (text: string): string => text.replace(unseenCharacter, '�');

/** The same for a text of several lines. */
export const printableLines = (text: string): string => text.replace(unseenInLines, '�');

/** JSON whose value is the same. Line breaks stand between its parts alone, since strings have them escaped already. */
const escaped = (json: string): string =>
  json.replace(unseenInLines, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A cell that a spreadsheet reads as text, whatever it begins with. */
function csvCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = printable(isFormula ? `'${text}` : text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const day = (seconds: number | undefined): string =>
  seconds === undefined ? '' : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
