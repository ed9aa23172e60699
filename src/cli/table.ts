// table.ts -- text in columns.

/** A column's title; numbers stand to the right. */
export interface Column { readonly title: string; readonly right?: boolean }

/**
 * Lines of a table, titles first. Cells hold no colour: `paint` is given each
 * finished cell.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], paint: (cell: string, column: number, row: number) => string = cell => cell): string[] {
  const widths = columns.map((c, i) => Math.max(c.title.length, ...rows.map(r => r[i]!.length)));
  return [columns.map(c => c.title), ...rows].map((row, r) => row.map((cell, i) => {
    const padded = columns[i]!.right ? cell.padStart(widths[i]!) : i === columns.length - 1 ? cell : cell.padEnd(widths[i]!);
    return paint(padded, i, r - 1);
  }).join('  '));
}
