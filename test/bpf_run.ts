// bpf_run.ts -- filters over single frames, for tests.

import type { Program } from '../src/filter/filter.ts';
import { bench } from './wasm.ts';

/** Longest program and longest frame, bytes. */
const PROGRAM_MAX = 2 ** 20, FRAME_MAX = 2 ** 17;

const { k, alloc, u32 } = bench(4);
const at = alloc(PROGRAM_MAX), frameAt = alloc(FRAME_MAX);

/** @returns what bpf_run returns for a frame: bytes to accept, 0 to reject. Good until the next load(). */
export function load(program: Program): (frame: Uint8Array, wirelen?: number) => number {
  if (program.room > PROGRAM_MAX) throw new Error(`a program of ${program.room} bytes does not fit`);
  k.bytes.set(program.bytes, at);
  return (frame, wirelen = frame.length) => {
    k.bytes.set(frame, frameAt);
    // What lies behind the capture must not matter: other bytes at every length.
    k.bytes.fill(frame.length & 0xff, frameAt + frame.length, frameAt + frame.length + 8);
    return u32('bpf_run', at, program.count, frameAt, frame.length, wirelen);
  };
}
