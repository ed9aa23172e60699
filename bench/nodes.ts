// nodes.ts -- what a node alone costs: full vectors of the cases of its vector
// file that are forwarded, packets in cache.
//
// Each case goes through its real switch until it waits at the node; records
// and frames are kept as they are there. benchmark.js then times putting them
// back, and putting them back and running the node: the row is the difference.

import Benchmark from 'benchmark';
import { existsSync } from 'node:fs';
import { Edge, Frame, Packet, Pool, VEC_MAX } from '../assembly/abi/packet.ts';
import { Node, Switch as Sw } from '../assembly/abi/switch.ts';
import type { Graph } from '../src/graph/graph.ts';
import { frame, receive, release, take, Vector } from '../src/kernel/packets.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { type Case, readVectors } from '../test/vectors.ts';
import { type Block, restorer } from './restore.ts';

export interface NodeRow {
  readonly node: string;
  /** Nanoseconds a packet: medians of the samples. */
  readonly net: number;
  readonly restore: number;
  /** Relative margin of error of node and restoring, percent. */
  readonly rme: number;
  readonly samples: number;
  /** Cases in the vectors, and in the file. */
  readonly cases: number;
  readonly of: number;
}

/** Seconds benchmark.js gives each of the two. */
const SECONDS = 0.5;
/** Calls in a row with one switch's vector, where cases need several. */
const STREAK = 64;
const MIB = 2 ** 20;
/** What a frame may grow by: saved and put back behind and, for the node to write, in front. */
const ROOM = 16;

/** @returns the row, or why there is none */
export async function measureNode(node: string): Promise<NodeRow | string> {
  if (!existsSync(new URL(`../test/vectors/${node}.txt`, import.meta.url))) return 'no vector file';
  const all = readVectors(node), forwarded = all.filter(c => c.out && c.out.where !== 'hold');
  if (forwarded.length === 0) return 'all of its vectors drop, or hold the packet';
  const k = loadKernels({ memory: 1024 * MIB, small: 8192, jumbo: 64, huge: 64 });
  const lanes: Lane[] = [];
  let cases = 0;
  for (const config of new Set(forwarded.map(c => c.config))) {
    const lane = new Lane(k, node, config), own = forwarded.filter(c => c.config === config);
    const steady = await lane.steady(own);
    if (steady.length === 0) continue;
    await lane.load(Array.from({ length: VEC_MAX }, (_, i) => steady[i % steady.length]!));
    lanes.push(lane);
    cases += steady.length;
  }
  if (lanes.length === 0) return 'no case takes the same edge twice: they set state';
  let calls = 0;
  const lane = () => lanes[Math.floor(calls++ / STREAK) % lanes.length]!;
  const restore = time(() => lane().restore());
  const both = time(() => {
    const l = lane();
    l.restore();
    l.run();
  });
  return { node, net: both.ns - restore.ns, restore: restore.ns, rme: both.rme, samples: both.samples, cases, of: all.length };
}

function time(f: () => void): { ns: number; rme: number; samples: number } {
  const { stats, error } = new Benchmark('', f, { maxTime: SECONDS }).run() as Benchmark & { error?: Error };
  if (error) throw error;
  const sorted = stats.sample.toSorted((a, b) => a - b);
  return { ns: sorted[sorted.length >> 1]! * 1e9 / VEC_MAX, rme: stats.rme, samples: sorted.length };
}

/** A switch with a vector that stands at the node's entrance. */
class Lane {
  readonly #network: Network;
  readonly #vector: Vector;
  /** The switch whose node it is: that of the port the packets came in by. */
  #sw = 0;
  #n = 0;
  #handles: number[] = [];
  restore: () => void = () => undefined;

  constructor(readonly k: Kernels, readonly node: string, config: string) {
    this.#network = new Network(k, new SwitchFile(`${node}.txt`, config));
    this.#vector = new Vector(k);
  }

  /** Those cases that reach the node and take their edge, twice and with the same bytes. */
  async steady(cases: readonly Case[]): Promise<Case[]> {
    const reached = cases.filter(c => {
      for (const f of c.before) this.#enter(f.where, f.bytes!, 0n, f.bytes!.length, 0);
      this.#drain();
      const d = this.#bring(c, 1);
      if (d) release(this.k, d);
      return d !== 0;
    });
    if (reached.length === 0) return [];
    await this.load(reached);
    const [first, second] = [1, 2].map(() => {
      this.restore();
      this.run();
      return this.#handles.map(d => `${this.#edge(d)} ${Buffer.from(frame(this.k, d)).toString('hex')}`);
    }) as [string[], string[]];
    this.restore();
    for (const d of this.#handles) release(this.k, d);
    return reached.filter((c, i) => first[i] === second[i] && first[i]!.startsWith(`${c.out!.where} `));
  }

  /** Bring a packet of each case to the node: its vector. */
  async load(cases: readonly Case[]): Promise<void> {
    const { k } = this;
    this.#handles = cases.map((c, i) => this.#bring(c, i + 1));
    this.#n = cases.length;
    this.#vector.put(this.#handles);
    k.view.setUint32(this.#sw + Sw.DONE, this.#n, true);
    const { record, written } = await this.#blocks();
    this.restore = await restorer(k, [...record, ...written], record.length + written.length);
  }

  /** What the node changes, one dry run tells: frames it only reads stay as they are. */
  async #blocks(): Promise<{ record: Block[]; written: Block[] }> {
    const { k } = this, record: Block[] = [{ to: k.pool, length: Pool.SIZEOF }, { to: this.#vector.at, length: this.#n * 4 }];
    for (const d of this.#handles) record.push({ to: d, length: Packet.SIZEOF });
    const frames: Block[] = this.#handles.map(d => ({ to: k.view.getUint32(d + Packet.DATA, true), length: k.view.getUint32(d + Packet.LEN, true) + ROOM }));
    const putBack = await restorer(k, [...record, ...frames], record.length + frames.length);
    const before = frames.map(f => k.bytes.slice(f.to, f.to + f.length));
    this.run();
    const changed = frames.filter((f, i) => before[i]!.some((b, o) => b !== k.bytes[f.to + o]));
    putBack();
    return { record, written: changed };
  }

  run(): void { this.k.fn[this.node]!(this.#vector.at, this.#n, this.#sw); }

  /** Let one packet in and step until it waits at the node. @returns its handle, taken out of the graph; 0 when it never came there */
  #bring(c: Case, id: number): number {
    const { k } = this, graph = this.#enter(c.port, c.in, c.time, c.orig ?? c.in.length, id), index = graph.index(this.node);
    for (let next = lowest(k, graph.sw); next >= 0 && next !== index; next = lowest(k, graph.sw)) graph.step();
    const d = lowest(k, graph.sw) === index ? takeOut(k, graph.sw, index) : 0;
    this.#sw = graph.sw;
    this.#drain();
    return d;
  }

  #enter(name: string, bytes: Uint8Array, time: bigint, orig: number, id: number): Graph {
    const { k } = this, network = this.#network, number = name === '' ? 0 : network.ports.findIndex(p => p.name === name), { sw, port } = network.ports[number]!;
    const d = receive(k, bytes, { port, time, orig, id }), vector = new Vector(k);
    if (d === 0) throw new Error('pool exhausted');
    vector.put([d]);
    network.input(number, vector.at, 1);
    return sw.graph;
  }

  /** Everything else leaves. */
  #drain(): void {
    this.#network.run({ sent: () => { for (const d of take(this.k, 'TX')) release(this.k, d); } });
  }

  #edge(d: number): string {
    const edge = this.k.view.getUint8(d + Packet.EDGE), { graph } = this.#network.switches.find(s => s.at === this.#sw)!;
    return edge >= Edge.SENT ? Edge[edge]!.toLowerCase() : graph.edge(graph.index(this.node), edge);
  }
}

/** The node that runs next; -1: none. */
function lowest(k: Kernels, sw: number): number {
  for (let w = 0; w < 8; w++) {
    const bits = k.view.getUint32(sw + Sw.PENDING + w * 4, true);
    if (bits !== 0) return w * 32 + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}

/** Take the vector that waits at a node away. @returns its first packet; the others go back to the pool */
function takeOut(k: Kernels, sw: number, index: number): number {
  const { view } = k, node = view.getUint32(sw + Sw.NODES, true) + index * Node.SIZEOF, f = view.getUint32(node + Node.HEAD, true);
  const [d = 0, ...rest] = k.u32.subarray((f + Frame.HANDLES) >>> 2, ((f + Frame.HANDLES) >>> 2) + view.getUint32(f + Frame.COUNT, true));
  for (const other of rest) release(k, other);
  view.setUint32(node + Node.HEAD, 0, true);
  view.setUint32(node + Node.TAIL, 0, true);
  const word = sw + Sw.PENDING + (index >> 5) * 4;
  view.setUint32(word, view.getUint32(word, true) & ~(1 << (index & 31)), true);
  view.setUint32(f + Frame.NEXT, view.getUint32(k.pool + Pool.FRAMES, true), true);
  view.setUint32(k.pool + Pool.FRAMES, f, true);
  return d;
}
