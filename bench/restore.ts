// restore.ts -- put memory back between two runs, fast enough to be subtracted.
//
// A copy called from JavaScript takes some 60 ns, many times what a node takes
// for a packet, so the copies are made by a kernel of the harness's own over
// the same memory.

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

let compiled: WebAssembly.Module | undefined;

/** To be called after loadKernels(), which keeps V8 from compiling with Liftoff. */
async function copyModule(): Promise<WebAssembly.Module> {
  if (compiled) return compiled;
  const { binary, stderr } = await asc.compileString(SOURCE, { optimizeLevel: 3, runtime: 'stub', importMemory: true, noExportMemory: true, enable: ['simd'] });
  if (!binary) throw new Error(stderr.toString());
  return (compiled = new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>));
}

export interface Block { to: number; length: number; from?: number }

/** Save `blocks` as they are now (or take what is at `from`). @returns puts them back; up to 15 bytes behind each too */
export async function restorer(k: Kernels, blocks: Iterable<Block>, count: number): Promise<() => void> {
  const { exports } = new WebAssembly.Instance(await copyModule(), { env: { memory: k.memory, abort: () => undefined } });
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
