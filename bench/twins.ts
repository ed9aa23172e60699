// twins.ts -- build and load the C twins; undefined where there is no gcc or
// no Node headers.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Twins {
  /**
   * Run a twin over `n` frames (struct frame in twins/twin.h).
   * @param frames and tables are byte offsets in `memory`, or plain numbers as the twin says
   */
  run(memory: ArrayBufferLike, twin: number, frames: number, n: number, ...tables: number[]): void;
}

/** Numbers of the twins: TWINS in twins/twins.c. */
export enum TWIN { L3FWD, SRV6_END, H_ENCAPS, VXLAN_ENCAP }

const folder = fileURLToPath(new URL('twins', import.meta.url)), addon = fileURLToPath(new URL('../build/twins.node', import.meta.url));

/** Compile the twins. @returns why they cannot be, or "" */
export function buildTwins(): string {
  const prefix = dirname(dirname(process.execPath));
  const headers = [join(prefix, 'include/node'), '/usr/include/node', '/usr/local/include/node'].find(d => existsSync(join(d, 'node_api.h')));
  if (!headers) return 'no Node headers';
  const sources = readdirSync(folder).filter(f => f.endsWith('.c')).map(f => join(folder, f));
  try {
    execFileSync('gcc', ['-O3', '-march=native', '-Wall', '-Wextra', '-shared', '-fPIC', '-I', headers, ...sources, '-o', addon], { stdio: 'pipe' });
    return '';
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'ENOENT' ? 'no gcc' : `gcc: ${(e as Error).message}`;
  }
}

/** The twins built before. */
export const loadTwins = (): Twins => createRequire(import.meta.url)(addon) as Twins;
