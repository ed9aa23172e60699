// weft.ts -- the built command line, run as users run it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const WEFT = fileURLToPath(new URL('../dist/weft.js', import.meta.url));

export interface Ran { readonly code: number | null; readonly out: string; readonly err: string }

/** Run it to the end; colours are off unless `env` says otherwise. */
export function weft(args: readonly string[], { input, env = {} }: { input?: Uint8Array; env?: Record<string, string> } = {}): Ran {
  const { NO_COLOR: _, FORCE_COLOR: __, WEFT_DEBUG: ___, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [WEFT, ...args], { input, env: { ...rest, ...env }, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { code: status, out: stdout, err: stderr };
}

/** The same, where stdout is bytes. */
export function weftBytes(args: readonly string[], input?: Uint8Array): { code: number | null; out: Buffer; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [WEFT, ...args], { input, maxBuffer: 2 ** 28 });
  return { code: status, out: stdout, err: stderr.toString() };
}
