// skip.ts -- tests that want something from outside: they run where it is, and
// elsewhere are counted as skipped, with the reason.
//
//     const withTshark = needs(noProgram('tshark'));
//     withTshark('tshark reads what was written', () => { ... });

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';

/** Recordings and captures that are too large, or not ours, to be in the repository. */
export const shared = process.env['WEFT_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url));

/** What is missing, or undefined. */
export type Missing = string | undefined;

export const noProgram = (...names: readonly string[]): Missing => {
  const absent = names.filter(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined);
  return absent.length > 0 ? `${absent.join(', ')} not installed` : undefined;
};

/** @param parts of a path below `shared` */
export const noRecording = (...parts: readonly string[]): Missing =>
  existsSync(join(shared, ...parts)) ? undefined : `no ${parts.join('/')} in ${shared} (WEFT_SHARED)`;

/** `test`, unless something is missing. The runner reads the lines that begin with SKIP. */
export function needs(...missing: readonly Missing[]): (name: string, run: () => void | Promise<void>) => void {
  const why = missing.find(m => m !== undefined);
  if (why === undefined) return test;
  return (name, run) => {
    console.log(`SKIP ${name}: ${why}`);
    test.skip(name, run);
  };
}
