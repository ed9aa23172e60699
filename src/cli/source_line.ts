// source_line.ts -- the line of a file that a position names.

import { type Position, readText, type SwitchFile } from '../switch/file.ts';

/** Reads each file once; the switch file as it was when it was loaded. */
export function sourceLines(file: SwitchFile): (p: Position) => string | undefined {
  const files = new Map([[file.name, file.text.split('\n')]]);
  return ({ file: name, line }) => {
    if (!files.has(name)) files.set(name, readText(name).split('\n'));
    return files.get(name)![line - 1];
  };
}
