// twins.ts -- build and load the C twins; undefined where there is no gcc or
// no Node headers.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Twins {
  /** Run a twin over `n` offsets at `vec`. @returns nanoseconds */
  run(memory: ArrayBufferLike, twin: number, vec: number, n: number, ...tables: number[]): number;
}

export function loadTwins(): { twins?: Twins; reason: string } {
  const source = fileURLToPath(new URL('twins/twins.c', import.meta.url)), out = fileURLToPath(new URL('../build/twins.node', import.meta.url));
  const prefix = dirname(dirname(process.execPath));
  const headers = [join(prefix, 'include/node'), '/usr/include/node', '/usr/local/include/node'].find(d => existsSync(join(d, 'node_api.h')));
  if (!headers) return { reason: 'no Node headers' };
  try {
    execFileSync('gcc', ['-O3', '-march=native', '-shared', '-fPIC', '-I', headers, source, '-o', out], { stdio: 'pipe' });
  } catch (e) {
    return { reason: `gcc: ${(e as Error).message.split('\n')[0]}` };
  }
  return { twins: createRequire(import.meta.url)(out) as Twins, reason: '' };
}
