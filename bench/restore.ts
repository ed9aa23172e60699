// restore.ts -- put memory back between two runs, fast enough to be subtracted.
//
// A copy called from JavaScript takes some 60 ns, many times what a node takes
// for a packet, so the copies are made by a kernel of the harness's own over
// the same memory.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import type { Kernels } from '../src/kernel/kernels.ts';

const SOURCE = `
/** Copy blocks: at list, u32 to, u32 from, u32 sixteens each. */
export function copy(list: usize, end: usize): void {
  for (; list < end; list += 12) {
    let to = <usize>load<u32>(list), from = <usize>load<u32>(list, 4);
    for (let n = load<u32>(list, 8); n; n--) {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    }
  }
}`;

const built = new URL('../build/bench_restore.wasm', import.meta.url);

/** Compiling takes longer than some rows: the result is kept while this file is not changed. */
async function copyKernel(): Promise<Uint8Array<ArrayBuffer>> {
  if (existsSync(built) && statSync(built).mtimeMs > statSync(new URL(import.meta.url)).mtimeMs) return readFileSync(built);
  const { binary, stderr } = await asc.compileString(SOURCE, { optimizeLevel: 3, runtime: 'stub', importMemory: true, noExportMemory: true, enable: ['simd'] });
  if (!binary) throw new Error(stderr.toString());
  writeFileSync(built, binary);
  return binary as Uint8Array<ArrayBuffer>;
}

let compiled: WebAssembly.Module | undefined;

export interface Block { to: number; length: number; from?: number }

/**
 * Save `blocks` as they are now (or take what is at `from`).
 * To be called after loadKernels(), which keeps V8 from compiling with Liftoff.
 * @returns puts them back; up to 15 bytes behind each too
 */
export async function restorer(k: Kernels, blocks: Iterable<Block>, count: number): Promise<() => void> {
  compiled ??= new WebAssembly.Module(await copyKernel());
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: k.memory, abort: () => undefined } });
  const list = k.alloc(count * 12, 'restore'), copy = exports['copy'] as (list: number, end: number) => void;
  let n = 0;
  for (const { to, length, from } of blocks) {
    const sixteens = Math.ceil(length / 16);
    let source = from;
    if (source === undefined) {
      source = k.alloc(sixteens * 16, 'restore');
      k.bytes.copyWithin(source, to, to + sixteens * 16);
    }
    k.u32.set([to, source, sixteens], (list >>> 2) + 3 * n++);
  }
  return () => copy(list, list + n * 12);
}
