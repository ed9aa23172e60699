// load.ts -- find and compile the kernels under Node.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { EXIT, WeftError } from './errors.ts';
import { Kernels, type Sizes } from './kernels.ts';

let compiled: WebAssembly.Module | undefined;

/** The compiled module; one a process. */
function kernelModule(): WebAssembly.Module {
  if (compiled) return compiled;
  // Liftoff code is 3-4x slower and V8 tiers up only between calls, so the
  // first packets would be slow: compile with TurboFan alone.
  setFlagsFromString('--no-liftoff');
  for (const place of ['kernels.wasm', '../../build/kernels.wasm']) {
    let wasm: Uint8Array<ArrayBuffer>;
    try {
      wasm = readFileSync(new URL(place, import.meta.url));
    } catch {
      continue;
    }
    compiled = new WebAssembly.Module(wasm);
    return compiled;
  }
  throw new WeftError(EXIT.internal, 'kernels.wasm is missing', 'npm run build');
}

/** Kernels over a fresh memory. */
export function loadKernels(sizes: Sizes = {}): Kernels {
  return new Kernels(kernelModule(), sizes);
}
