// measure.ts -- a whole switch over a set of packets: ns a packet through the
// graph, beside a C twin of the same job in the same memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BufferClass, Packet, Pool, VEC_MAX } from '../assembly/abi/packet.ts';
import type { Kernels, Sizes } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { receive, release, take, Vector } from '../src/kernel/packets.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { alternate, type Candidate, type Timing } from './harness.ts';
import { generator } from './random.ts';
import { type Block, restorer } from './restore.ts';
import type { Twins } from './twins.ts';

export interface Pipeline {
  readonly name: string;
  /** What its tables hold, for the row. */
  readonly what: string;
  /** Switch file; `dir` takes the table files it names. Frames come in by its first port. */
  yaml(dir: string): string;
  /** A frame of the set; `random` is uniform in 0 .. 2^32 - 1. */
  frame(random: () => number): Uint8Array;
  /** Frames that come in earlier, to set state. @returns port and frame */
  before?(): Iterable<readonly [string, Uint8Array]>;
  /** The same job in C. */
  twin?(k: Kernels): Twin;
}

/** A twin of twins/twins.c and its tables, built in the memory of the kernels. */
export interface Twin {
  readonly id: number;
  readonly tables: readonly number[];
}

export const SETS = { hot: 1024, cold: 1_000_000 } as const;
export type SetName = keyof typeof SETS;

/** Rounds that alternate, and passes over the set in each. */
const EFFORT = { hot: [41, 50], cold: [7, 1] } as const;

export interface PipelineRow extends Timing {
  readonly pipeline: string;
  readonly what: string;
  readonly set: SetName;
  readonly packets: number;
}

const MIB = 2 ** 20;
/** Frames that differ; a larger set repeats them in buffers of their own. */
const DIFFERENT = 65536;
/** struct frame of twins/twin.h. */
const FRAME = { SIZEOF: 8, LEN: 4, PORT: 6 } as const;
/** Ahead of the clock: buffers for what sets state. */
const SPARE = 1024;

/** Packets of a pipeline in memory, and how to put them back. */
export class Bench {
  readonly k: Kernels;
  readonly network: Network;
  readonly handles: number;
  readonly count: number;
  /** struct frame of each packet, for the twin. */
  readonly frames: number;
  #restore: () => void = () => undefined;

  constructor(readonly p: Pipeline, readonly set: SetName, load: (sizes: Sizes) => Kernels = loadKernels) {
    const count = this.count = SETS[set];
    this.k = load({ memory: set === 'cold' ? 4095 * MIB : 1024 * MIB, small: count + SPARE, jumbo: 8, huge: 8 });
    const dir = mkdtempSync(join(tmpdir(), 'weft-bench-'));
    try {
      this.network = new Network(this.k, new SwitchFile(`${p.name}.yaml`, p.yaml(dir)));
    } finally {
      rmSync(dir, { recursive: true });
    }
    this.handles = this.k.alloc(count * 4, 'handles');
    this.frames = this.k.alloc(count * FRAME.SIZEOF, 'frames');
  }

  /** Make the packets, then set the state. */
  async fill(): Promise<this> {
    const { k, count, p } = this, random = generator(42), frames = Array.from({ length: Math.min(count, DIFFERENT) }, () => p.frame(random));
    for (let i = 0; i < count; i++) {
      const f = frames[i % frames.length]!, d = receive(k, f, { id: i + 1 });
      k.u32[(this.handles >>> 2) + i] = d;
      k.u32[(this.frames >>> 2) + 2 * i] = k.view.getUint32(d + Packet.DATA, true);
      k.u32[(this.frames >>> 2) + 2 * i + 1] = f.length | 0xffff0000;
    }
    const first = this.handle(0), data = k.view.getUint32(first + Packet.DATA, true);
    if (this.handle(count - 1) !== first + (count - 1) * Packet.SIZEOF) throw new Error('the records of a fresh pool are not in order');
    const at = frames.map(f => {
      const copy = k.alloc(f.length + 16, 'restore');
      k.bytes.set(f, copy);
      return copy;
    });
    function* blocks(this: Bench): Generator<Block> {
      yield { to: first, length: count * Packet.SIZEOF };
      yield { to: this.frames, length: count * FRAME.SIZEOF };
      for (let i = 0; i < count; i++) yield { to: data + i * BufferClass.SMALL, length: frames[i % frames.length]!.length, from: at[i % at.length]! };
    }
    this.#restore = await restorer(k, blocks.call(this), count + 2);
    this.#setState();
    return this;
  }

  #setState(): void {
    const { k, network } = this, vector = new Vector(k);
    for (const [name, bytes] of this.p.before?.() ?? []) {
      const port = network.ports.findIndex(p => p.name === name);
      vector.put([receive(k, bytes, { port })]);
      network.input(port, vector.at, 1);
      network.run({ sent: () => { for (const d of take(k, 'TX')) release(k, d); } });
    }
  }

  handle(i: number): number { return this.k.u32[(this.handles >>> 2) + i]!; }

  restore(): void { this.#restore(); }

  /** All packets through the switch. @returns how many came out */
  weft(): number {
    const { k, count, handles } = this, sw = this.network.switches[0]!, entry = sw.graph.index('ethernet_input');
    let sent = 0;
    for (let at = 0; at < count; at += VEC_MAX) {
      k.fn['graph_input']!(sw.at, entry, handles + at * 4, Math.min(VEC_MAX, count - at));
      k.fn['graph_run']!(sw.at);
      sent += this.clear();
    }
    return sent;
  }

  /** Forget what has left. @returns how many that were */
  clear(): number {
    const { k } = this, at = (k.pool + Pool.TX_COUNT) >>> 2, n = k.u32[at]!;
    k.u32[at] = 0;
    return n;
  }

  /** One pass that is not timed: everything has to come out. */
  check(): void {
    this.restore();
    const out = this.weft();
    if (out !== this.count) throw new Error(`${out} of ${this.count} packets came out: ${JSON.stringify(this.network.switches[0]!.graph.drops(), (_, v) => typeof v === 'bigint' ? Number(v) : v)}`);
  }

  /** Frames and ports as the twin and weft made them. @throws Error naming the first difference */
  compare(twins: Twins, twin: Twin): void {
    const { k, frames } = this, many = Math.min(this.count, DIFFERENT);
    this.check();
    const made = Array.from({ length: many }, (_, i) => {
      const d = this.handle(i), at = k.view.getUint32(d + Packet.DATA, true);
      return { at, port: k.view.getUint16(d + Packet.TX_PORT, true), bytes: k.bytes.slice(at, at + k.view.getUint32(d + Packet.LEN, true)) };
    });
    this.restore();
    twins.run(k.bytes.buffer, twin.id, frames, many, ...twin.tables);
    made.forEach((m, i) => {
      const f = frames + i * FRAME.SIZEOF, at = k.view.getUint32(f, true), length = k.view.getUint16(f + FRAME.LEN, true), port = k.view.getUint16(f + FRAME.PORT, true);
      const bytes = k.bytes.subarray(at, at + length), differs = m.bytes.findIndex((b, o) => b !== bytes[o]);
      if (port !== m.port) throw new Error(`frame ${i} leaves C by port ${port}, weft by ${m.port}`);
      if (length !== m.bytes.length || differs >= 0) throw new Error(`frame ${i} differs at byte ${differs}:\n  C    ${Buffer.from(bytes).toString('hex')}\n  weft ${Buffer.from(m.bytes).toString('hex')}`);
    });
  }
}

/** Run one pipeline over one set. @param twins undefined: without C */
export async function measure(p: Pipeline, set: SetName, twins: Twins | undefined): Promise<PipelineRow[]> {
  const b = await new Bench(p, set).fill(), { k, count } = b, prepare = () => b.restore();
  b.check();
  const candidates: Candidate[] = [{ name: 'weft', prepare, run: () => void b.weft() }];
  if (p.twin && twins) {
    const twin = p.twin(k);
    b.compare(twins, twin);
    candidates.push({ name: 'C', prepare, run: () => { twins.run(k.bytes.buffer, twin.id, b.frames, count, ...twin.tables); } });
  }
  const [rounds, passes] = EFFORT[set], timings = alternate(candidates, count, rounds, passes);
  b.check();
  return timings.map(t => ({ ...t, pipeline: p.name, what: p.what, set, packets: count }));
}
