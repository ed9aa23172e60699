// arena.ts -- what everything in a memory is carved from: pieces that are
// zeroed, 64-byte aligned, and given back only when a configuration that they
// belonged to is replaced.

import { EXIT, WeftError } from './errors.ts';

/** The configuration does not fit the memory it was given. */
export class OutOfMemory extends WeftError {
  override name = 'OutOfMemory';
}

/** Bytes from `at`. */
export interface Piece { readonly at: number; readonly size: number }

/** Caches fetch lines of 64 bytes, and records are of as many. */
const LINE = 64;
const MIB = 2 ** 20;

export class Arena {
  #top: number;
  /** By address; no two touch. */
  #free: Piece[] = [];
  #record: Piece[] | undefined;

  /** @param first byte that is nobody's */
  constructor(readonly bytes: Uint8Array, first: number) {
    this.#top = first;
  }

  /** Address behind the last piece. */
  get top(): number {
    return this.#top;
  }

  /**
   * Zeroed memory, 64-byte aligned; configuration time only.
   * @param what named in the error when it does not fit
   */
  alloc(bytes: number, what: string): number {
    const size = Math.ceil(bytes / LINE) * LINE, at = this.#reuse(size) ?? this.#extend(size, what);
    this.#record?.push({ at, size });
    return at;
  }

  #extend(size: number, what: string): number {
    const at = Math.ceil(this.#top / LINE) * LINE;
    if (at + size > this.bytes.length)
      throw new OutOfMemory(EXIT.usage, `${what} needs ${mib(size)} MiB: with it the configuration takes ${mib(at + size)} MiB of the ${mib(this.bytes.length)} MiB of memory`, 'give it more with --memory (at most 4GiB)');
    this.#top = at + size;
    return at;
  }

  /** The first free piece that is large enough. */
  #reuse(size: number): number | undefined {
    const i = this.#free.findIndex(p => p.size >= size), piece = this.#free[i];
    if (!piece) return undefined;
    this.#free.splice(i, 1, ...(piece.size > size ? [{ at: piece.at + size, size: piece.size - size }] : []));
    this.bytes.fill(0, piece.at, piece.at + size);
    return piece.at;
  }

  /** Take pieces back. Nothing may point into them. */
  free(pieces: readonly Piece[]): void {
    const merged: Piece[] = [];
    for (const p of [...this.#free, ...pieces].sort((a, b) => a.at - b.at)) {
      const last = merged.at(-1);
      if (last && last.at + last.size === p.at) merged[merged.length - 1] = { at: last.at, size: last.size + p.size };
      else merged.push(p);
    }
    this.#free = merged;
  }

  /** Call `make`; the pieces that it takes are listed in `into`. */
  record<T>(into: Piece[], make: () => T): T {
    const outer = this.#record;
    this.#record = into;
    try {
      return make();
    } finally {
      this.#record = outer;
    }
  }
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
