// same_file.ts -- no file is read and written, or written twice: opening an
// output empties it.

import { fstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, WeftError } from '../kernel/errors.ts';

const STDIN = 0, STDOUT = 1;

/**
 * @param inputs, outputs paths as given, `-` for the standard streams
 * @throws WeftError, exit code 2, when an output is also something else
 */
export function refuseSameFile(inputs: readonly string[], outputs: readonly string[]): void {
  const seen = new Map(inputs.map(path => [identity(path, STDIN), path]));
  for (const path of outputs) {
    const id = identity(path, STDOUT) ?? (path === '-' ? '-' : undefined), other = id && seen.get(id);
    if (other !== undefined)
      throw new WeftError(EXIT.usage, other === path ? `${path} is named twice` : `${other} and ${path} are one file`, 'read from one file and write to others');
    seen.set(id, path);
  }
}

/** What tells files apart, by whatever name: links too. Undefined for pipes and devices, which may be named twice. */
function identity(path: string, stream: number): string | undefined {
  const stat = path === '-' ? fstatSync(stream) : statSync(path, { throwIfNoEntry: false });
  if (!stat) return resolve(path);
  return stat.isFile() ? `${stat.dev}:${stat.ino}` : undefined;
}
