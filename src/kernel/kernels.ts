// kernels.ts -- the one place that touches WebAssembly: the module, its
// memory, and the arena that everything is carved from.

import { ABI_VERSION } from '../../assembly/abi/packet.ts';
import { Arena } from './arena.ts';
import { EXIT, WeftError } from './errors.ts';

/** Exported kernels by name. Arguments and results are u32 unless a kernel's docstring says i64 (bigint). */
export type Exports = Record<string, (...args: number[]) => number>;

export interface Sizes {
  /** Bytes of memory, reserved once and touched as used. */
  memory?: number;
  /** Packet records of each buffer class: frames to 1,856, 9,152 and 65,600 bytes with full headroom. */
  small?: number;
  jumbo?: number;
  huge?: number;
}

const PAGE = 65536, MIB = 2 ** 20;
/** Node functions a module may have. */
const TABLE = 512;

export class Kernels {
  /** Linear memory, and views on it. It never grows, so they stay valid. */
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;
  readonly fn: Exports;
  /** The pool that all switches of this memory share (Pool in assembly/abi). */
  readonly pool: number;
  readonly #table: WebAssembly.Table;
  readonly #index = new Map<string, number>();
  readonly arena: Arena;

  /**
   * @param module compiled kernels (load.ts)
   * @throws WeftError with exit code 4 when the memory cannot be had, 5 when
   *         the module was built for another ABI
   */
  constructor(module: WebAssembly.Module, { memory = 1024 * MIB, small = 4096, jumbo = 512, huge = 64 }: Sizes = {}) {
    const pages = Math.ceil(memory / PAGE);
    let mem: WebAssembly.Memory;
    try {
      mem = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch {
      throw new WeftError(EXIT.capability, `cannot reserve ${Math.round(memory / MIB)} MiB of address space`, 'ask for less with --memory, or raise the limit (ulimit -v)');
    }
    this.#table = new WebAssembly.Table({ initial: TABLE, element: 'anyfunc' });
    const { exports } = new WebAssembly.Instance(module, { env: { memory: mem, table: this.#table } });
    this.fn = exports as unknown as Exports;
    this.memory = mem;
    this.bytes = new Uint8Array(mem.buffer);
    this.view = new DataView(mem.buffer);
    this.u32 = new Uint32Array(mem.buffer);
    this.u64 = new BigUint64Array(mem.buffer);
    const built = this.fn['abi_version']!();
    if (built !== ABI_VERSION) throw new WeftError(EXIT.internal, `the kernels have ABI ${built}, the host has ${ABI_VERSION}`, 'npm run build');
    this.arena = new Arena(this.bytes, this.fn['arena_base']!());
    this.pool = this.alloc(this.fn['pool_sizeof']!(small, jumbo, huge) >>> 0, 'packet pool');
    this.fn['pool_init']!(this.pool, small, jumbo, huge);
  }

  /**
   * Zeroed memory, 64-byte aligned; configuration time only.
   * @param what named in the error when it does not fit
   */
  alloc(size: number, what: string): number {
    return this.arena.alloc(size, what);
  }

  /** Bytes of the arena in use. */
  get used(): number {
    return this.arena.top;
  }

  /** Index of a node function in the module's table; places it there on first use. */
  nodeIndex(name: string): number {
    let i = this.#index.get(name);
    if (i === undefined) {
      const f = this.fn[name];
      if (!f) throw new WeftError(EXIT.internal, `the kernels export no node ${name}`, 'npm run build');
      i = this.#index.size + 1;
      this.#table.set(i, f);
      this.#index.set(name, i);
    }
    return i;
  }
}
