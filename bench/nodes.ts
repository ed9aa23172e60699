// nodes.ts -- what a node alone costs: full vectors of the cases of its vector
// file that are forwarded.
//
// Each case goes through its real switch until it waits at the node; its record
// and frame, as they are there, are copied to as many packets as the set has.
// Hot, benchmark.js times putting them all back, and putting them back and
// running the node: the row is the difference. Cold, where putting back takes
// many times as long, it is outside the clock.

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
  /** Hot: what putting back takes; relative margin of error of both together, percent. */
  readonly restore: number;
  readonly rme: number;
  readonly samples: number;
  /** Cases in the vectors, and in the file. */
  readonly cases: number;
  readonly of: number;
}

/** Packets of a set, over all switches that the cases need. */
export const NODE_SETS = { hot: 1024, cold: 1_000_000 } as const;
export type NodeSet = keyof typeof NODE_SETS;
/** Passes over the cold set; the first does not count. */
const COLD_PASSES = 6;
/** Buffers for what a node makes. */
const SPARE = 8192;
/** Seconds benchmark.js gives each of the two. */
const SECONDS = 0.5;
/** Calls in a row with one switch's vector, where cases need several. */
const STREAK = 64;
const MIB = 2 ** 20;
/** What a frame may grow by: saved and put back behind and, for the node to write, in front. */
const ROOM = 16;

/** @returns the row, or why there is none */
export async function measureNode(node: string, set: NodeSet): Promise<NodeRow | string> {
  if (!existsSync(new URL(`../test/vectors/${node}.txt`, import.meta.url))) return 'no vector file';
  const all = readVectors(node), forwarded = all.filter(c => c.out && c.out.where !== 'hold');
  if (forwarded.length === 0) return 'all of its vectors drop, or hold the packet';
  const k = loadKernels({ memory: set === 'cold' ? 4095 * MIB : 1024 * MIB, small: NODE_SETS[set] + SPARE, jumbo: 64, huge: 64 });
  const lanes: Lane[] = [], chosen: Case[][] = [];
  let cases = 0;
  for (const config of new Set(forwarded.map(c => c.config))) {
    const lane = new Lane(k, node, config), own = forwarded.filter(c => c.config === config);
    const steady = await lane.steady(own);
    if (steady.length === 0) continue;
    lanes.push(lane);
    chosen.push(steady);
    cases += steady.length;
  }
  if (lanes.length === 0) return 'no case takes the same edge twice: they set state';
  const each = Math.ceil(NODE_SETS[set] / lanes.length / VEC_MAX) * VEC_MAX;
  for (const [i, lane] of lanes.entries()) await lane.load(chosen[i]!, each);
  if (set === 'cold') {
    const passes = Array.from({ length: COLD_PASSES }, () => {
      let ns = 0n;
      for (const l of lanes) {
        l.restore();
        const start = process.hrtime.bigint();
        l.run();
        ns += process.hrtime.bigint() - start;
      }
      return Number(ns) / (each * lanes.length);
    }).slice(1).sort((a, b) => a - b);
    return { node, net: passes[passes.length >> 1]!, restore: 0, rme: 0, samples: passes.length, cases, of: all.length };
  }
  let calls = 0;
  const lane = () => lanes[Math.floor(calls++ / STREAK) % lanes.length]!;
  const restore = time(each, () => lane().restore());
  const both = time(each, () => {
    const l = lane();
    l.restore();
    l.run();
  });
  return { node, net: both.ns - restore.ns, restore: restore.ns, rme: both.rme, samples: both.samples, cases, of: all.length };
}

/** @param packets of one call */
function time(packets: number, f: () => void): { ns: number; rme: number; samples: number } {
  const { stats, error } = new Benchmark('', f, { maxTime: SECONDS }).run() as Benchmark & { error?: Error };
  if (error) throw error;
  const sorted = stats.sample.toSorted((a, b) => a - b);
  return { ns: sorted[sorted.length >> 1]! * 1e9 / packets, rme: stats.rme, samples: sorted.length };
}

/** A switch with a vector that stands at the node's entrance. */
class Lane {
  readonly #network: Network;
  /** The switch whose node it is: that of the port the packets came in by. */
  #sw = 0;
  #templates: number[] = [];
  #handles: number[] = [];
  /** Address of the handles. */
  #list = 0;
  restore: () => void = () => undefined;

  constructor(readonly k: Kernels, readonly node: string, config: string) {
    this.#network = new Network(k, new SwitchFile(`${node}.txt`, config));
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
    await this.load(reached, reached.length);
    const [first, second] = [1, 2].map(() => {
      this.restore();
      this.run();
      return this.#handles.map(d => `${this.#edge(d)} ${Buffer.from(frame(this.k, d)).toString('hex')}`);
    }) as [string[], string[]];
    this.restore();
    for (const d of [...this.#handles, ...this.#templates]) release(this.k, d);
    return reached.filter((c, i) => first[i] === second[i] && first[i]!.startsWith(`${c.out!.where} `));
  }

  /** Bring a packet of each case to the node, and copies of them in turn: `count` packets. */
  async load(cases: readonly Case[], count: number): Promise<void> {
    const { k } = this;
    this.#templates = cases.map((c, i) => this.#bring(c, i + 1));
    this.#handles = Array.from({ length: count }, (_, i) => this.#copy(this.#templates[i % cases.length]!));
    this.#list = k.alloc(count * 4, 'handles');
    k.u32.set(this.#handles, this.#list >>> 2);
    const written = await this.#written(Math.min(count, cases.length)), frames = this.#handles.flatMap((d, i) => (written[i % cases.length] ? [this.#frame(d, this.#templates[i % cases.length]!)] : []));
    const blocks: Block[] = [{ to: k.pool, length: Pool.SIZEOF }, { to: this.#list, length: count * 4 }, ...this.#handles.map(d => ({ to: d, length: Packet.SIZEOF })), ...frames];
    this.restore = await restorer(k, blocks, blocks.length);
  }

  /** Another packet like `d`, in a buffer of its own. */
  #copy(d: number): number {
    const { k } = this, { view, bytes } = k, size = view.getUint32(d + Packet.LEN, true), copy = k.fn['alloc']!(k.pool, size) >>> 0;
    if (copy === 0) throw new Error('pool exhausted');
    const from = view.getUint32(d + Packet.DATA, true), to = view.getUint32(copy + Packet.BUF, true) + from - view.getUint32(d + Packet.BUF, true);
    view.setUint32(copy + Packet.DATA, to, true);
    view.setUint32(copy + Packet.ORIG, view.getUint32(d + Packet.ORIG, true), true);
    bytes.copyWithin(copy + Packet.HIT, d + Packet.HIT, d + Packet.CLASS);
    bytes.copyWithin(to, from, from + size + ROOM);
    return copy;
  }

  /** A frame, to be put back from that of its template. */
  #frame(d: number, template: number): Block {
    const { view } = this.k;
    return { to: view.getUint32(d + Packet.DATA, true), from: view.getUint32(template + Packet.DATA, true), length: view.getUint32(d + Packet.LEN, true) + ROOM };
  }

  /** Which of the first `n` frames the node writes to: a dry run tells. Those it only reads stay as they are. */
  async #written(n: number): Promise<boolean[]> {
    const { k } = this, some = this.#handles.slice(0, n), frames = some.map((d, i) => this.#frame(d, this.#templates[i]!));
    const putBack = await restorer(k, [{ to: k.pool, length: Pool.SIZEOF }, { to: this.#list, length: n * 4 }, ...some.map(d => ({ to: d, length: Packet.SIZEOF })), ...frames], 2 + 2 * n);
    this.#call(this.#list, n);
    const changed = frames.map(f => k.bytes.subarray(f.to, f.to + f.length).some((b, o) => b !== k.bytes[f.from! + o]));
    putBack();
    return changed;
  }

  /** One pass over all packets. */
  run(): void {
    for (let at = 0; at < this.#handles.length; at += VEC_MAX) this.#call(this.#list + at * 4, Math.min(VEC_MAX, this.#handles.length - at));
  }

  #call(vec: number, n: number): void {
    const { k } = this;
    k.view.setUint32(this.#sw + Sw.DONE, n, true);
    k.fn[this.node]!(vec, n, this.#sw);
    // What it made would pile up.
    const emitted = (k.pool + Pool.EMITTED) >>> 2, list = k.u32[(k.pool + Pool.EMIT_LIST) >>> 2]!;
    if (k.u32[emitted]! > 0) k.fn['free_list']!(k.pool, list, k.u32[emitted]!);
    k.u32[emitted] = 0;
  }

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
