// bpf_run.ts -- the interpreter kernel alone, in a memory of its own.

import { readFileSync } from 'node:fs';
import type { Program } from '../src/filter/filter.ts';

/** Where the program and the frame go; any address will do. */
const PROGRAM = 0x10000, FRAME = 0x100000, PAGES = 32;

type Run = (prog: number, count: number, pkt: number, caplen: number, wirelen: number) => number;

const memory = new WebAssembly.Memory({ initial: PAGES });
const { instance } = await WebAssembly.instantiate(readFileSync(new URL('../build/kernels.wasm', import.meta.url)), { env: { memory } });
const run = instance.exports['bpf_run'] as Run, bytes = new Uint8Array(memory.buffer);

/** @returns what bpf_run returns for a frame: bytes to accept, 0 to reject */
export function load(program: Program): (frame: Uint8Array, wirelen?: number) => number {
  if (PROGRAM + program.room > FRAME) throw new Error(`a program of ${program.room} bytes does not fit this memory`);
  bytes.set(program.bytes, PROGRAM);
  return (frame, wirelen = frame.length) => {
    bytes.set(frame, FRAME);
    // What lies behind the capture must not matter: other bytes at every call.
    bytes.fill(frame.length & 0xff, FRAME + frame.length, FRAME + frame.length + 8);
    return run(PROGRAM, program.count, FRAME, frame.length, wirelen) >>> 0;
  };
}
