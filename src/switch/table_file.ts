// table_file.ts -- large tables, a line an entry, in a file of their own:
// `routes: "@table.txt"`. `#` begins a comment.

import { WeftError } from '../kernel/errors.ts';
import type { Builder } from './builder.ts';
import { excerpt, type Path, type Position, readText } from './file.ts';

/** A line of a table file: faults found while it is being read are its own. */
export interface TableLine {
  readonly words: readonly string[];
  position(): Position;
}

/**
 * The lines with words in them. While the caller works on one, Builder.fault
 * names that line.
 * @param name `@` and the path, seen from the switch file
 * @param path where the switch file names it
 */
export function* tableLines(b: Builder, name: string, path: Path): Generator<TableLine> {
  const file = b.file.resolve(name.slice(1)), text = contents(b, file, path);
  for (let line = 1, from = 0; from <= text.length; line++) {
    const found = text.indexOf('\n', from), end = found < 0 ? text.length : found, raw = text.slice(from, end), entry = raw.replace(/#.*/, '').trimEnd(), words = entry.trim().split(/\s+/);
    from = end + 1;
    if (!words[0]) continue;
    const column = entry.length - entry.trimStart().length + 1, position = place(file, line, column);
    b.elsewhere = message => excerpt(position(), message, raw, entry.length - column + 1);
    try {
      yield { words, position };
    } finally {
      b.elsewhere = undefined;
    }
  }
}

/** Routes keep it: of a line nothing else stays in memory. */
const place = (file: string, line: number, column: number) => (): Position => ({ file, line, column });

function contents(b: Builder, file: string, path: Path): string {
  try {
    return readText(file);
  } catch (e) {
    if (!(e instanceof WeftError)) throw e;
    b.fault(path, e.message);
    return '';
  }
}
