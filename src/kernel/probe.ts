// probe.ts -- what the engine here can do.

const PAGE = 65536;
/** A module whose one function makes a v128 from an i32 and gives one lane back. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 17, 253, 27, 0, 11);

/** Whether so many bytes of memory can be reserved. Nothing stays reserved. */
export function reservable(bytes: number): boolean {
  const pages = Math.ceil(bytes / PAGE);
  try {
    new WebAssembly.Memory({ initial: pages, maximum: pages });
    return true;
  } catch {
    return false;
  }
}

export const hasSimd = (): boolean => WebAssembly.validate(SIMD);
