// graph.ts -- wire the nodes of a switch, run them, read their counters.

import { Drop } from '../../assembly/abi/drop.ts';
import { Express, Way } from '../../assembly/abi/express.ts';
import { DROP_ROWS, DropCount, Node, Switch, TraceBuffer } from '../../assembly/abi/switch.ts';
import { HopKind } from '../../assembly/abi/hop.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { catalog } from './catalog.ts';

/** Nodes in rank order: name, and the node behind each edge not named after one. */
export type Wiring = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** An edge taken: how often, and how much went that way. */
export interface EdgeCount { readonly node: string; readonly edge: string; readonly next: string; readonly packets: bigint; readonly bytes: bigint }
/** A row of the drop table. `first` is the number of the first packet dropped so. */
export interface DropRow { readonly node: string; readonly reason: string; readonly packets: bigint; readonly bytes: bigint; readonly first: number }
export interface NodeCount { readonly node: string; readonly calls: bigint; readonly packets: bigint }

/** Bitmap of Switch.PENDING. */
const NODES_MAX = 256;

export class Graph {
  readonly names: readonly string[];
  readonly #targets: readonly (readonly string[])[];
  readonly #nodes: number;
  readonly #drops: number;
  readonly #ways: number;

  /**
   * @param sw zeroed Switch; POOL, NODES, NODE_COUNT and DROPS are set here
   * @throws WeftError (internal) when an edge leads nowhere
   */
  constructor(readonly k: Kernels, readonly sw: number, wiring: Wiring) {
    this.names = Object.keys(wiring);
    if (this.names.length > NODES_MAX) throw new WeftError(EXIT.internal, `${this.names.length} nodes; a graph has at most ${NODES_MAX}`);
    this.#targets = this.names.map(name => edgesOf(name).map(edge => this.#target(wiring, name, edge)));
    this.#nodes = k.alloc(this.names.length * Node.SIZEOF, 'graph');
    this.names.forEach((name, i) => {
      const node = this.#nodes + i * Node.SIZEOF, targets = this.#targets[i]!;
      const edges = targets.length + 1;
      const next = k.alloc(edges * 4, 'edges'), counts = k.alloc(edges * 16, 'edge counters');
      targets.forEach((t, e) => { k.view.setUint32(next + (e + 1) * 4, this.names.indexOf(t), true); });
      k.view.setUint32(node + Node.FN, k.nodeIndex(name), true);
      k.view.setUint32(node + Node.EDGES, edges, true);
      k.view.setUint32(node + Node.NEXT, next, true);
      k.view.setUint32(node + Node.COUNTS, counts, true);
    });
    this.#drops = k.alloc(k.fn['drops_sizeof']!(), 'drop table');
    k.view.setUint32(sw + Switch.POOL, k.pool, true);
    k.view.setUint32(sw + Switch.NODES, this.#nodes, true);
    k.view.setUint32(sw + Switch.NODE_COUNT, this.names.length, true);
    k.view.setUint32(sw + Switch.DROPS, this.#drops, true);
    this.#ways = this.#plainWays(wiring);
    this.express(true);
  }

  /** Whether plain packets pass their nodes in one go (assembly/express): the same packets and counters, faster. */
  express(on: boolean): void {
    this.k.view.setUint32(this.sw + Switch.EXPRESS, on ? this.#ways : 0, true);
  }

  /** The chains of nodes that the express kernels stand for; 0 where the graph has others. */
  #plainWays(wiring: Wiring): number {
    const at = this.k.alloc(Express.SIZEOF, 'express');
    for (const family of ['ip4', 'ip6'] as const) {
      const way = at + (family === 'ip4' ? Express.FOUR : Express.SIX), lookup = `${family}_lookup`, input = `${family}_input`;
      const verify = wiring[input]?.[lookup] === `${family}_verify`;
      const chain = ['ethernet_input', input, ...(verify ? [`${family}_verify`] : []), lookup, `${family}_rewrite`, 'port_tx'];
      // Each leads to the next, by the edge that the kernel counts.
      const edges = [family === 'ip4' ? 1 : 2, 1, ...(verify ? [1] : []), HopKind.REWRITE, 1];
      const nodes = chain.map(name => this.index(name));
      if (nodes[0] !== 0 || nodes.includes(-1) || edges.some((e, i) => this.#targets[nodes[i]!]![e - 1] !== chain[i + 1])) return 0;
      const fields = [Way.ETHERNET, Way.INPUT, ...(verify ? [Way.VERIFY] : []), Way.LOOKUP, Way.REWRITE, Way.PORT];
      nodes.forEach((n, i) => { this.k.view.setUint32(way + fields[i]!, this.#nodes + n * Node.SIZEOF, true); });
    }
    return at;
  }

  #target(wiring: Wiring, name: string, edge: string): string {
    const target = wiring[name]![edge] ?? edge;
    if (!(target in wiring)) throw new WeftError(EXIT.internal, `${name}: edge ${edge} leads to ${target}, which is not in the graph`);
    return target;
  }

  /** Put `n` packets (handles at `vec`) in front of node `index`. */
  input(index: number, vec: number, n: number): void {
    this.k.fn['graph_input']!(this.sw, index, vec, n);
  }

  /** Run until nothing waits. @returns false when a node waits for buffers that are in the pool's TX list */
  run(): boolean {
    return this.k.fn['graph_run']!(this.sw) === 0;
  }

  /** Run one node over one frame. @returns its index, or -1 when nothing waits or everything waits for buffers */
  step(): number {
    const step = this.k.fn['graph_step']!(this.sw) >>> 0;
    return step === 0 || step === 0xffffffff ? -1 : step - 1;
  }

  index(node: string): number {
    return this.names.indexOf(node);
  }

  /** Name of an edge of a node; 0 is drop. */
  edge(node: number, edge: number): string {
    return edge === 0 ? 'drop' : edgesOf(this.names[node]!)[edge - 1] ?? `edge ${edge}`;
  }

  /** Name of a drop reason. */
  reason(code: number): string {
    return Drop[code] ?? `reason ${code}`;
  }

  edges(): EdgeCount[] {
    const { view } = this.k;
    return this.names.flatMap((node, i) => edgesOf(node).map((edge, e) => {
      const at = view.getUint32(this.#nodes + i * Node.SIZEOF + Node.COUNTS, true) + (e + 1) * 16;
      return { node, edge, next: this.#targets[i]![e]!, packets: view.getBigUint64(at, true), bytes: view.getBigUint64(at + 8, true) };
    }));
  }

  nodes(): NodeCount[] {
    return this.names.map((node, i) => {
      const at = this.#nodes + i * Node.SIZEOF;
      return { node, calls: this.k.view.getBigUint64(at + Node.CALLS, true), packets: this.k.view.getBigUint64(at + Node.PACKETS, true) };
    });
  }

  /** The drop table, most packets first. */
  drops(): DropRow[] {
    const { view } = this.k, rows: DropRow[] = [];
    for (let at = this.#drops; at < this.#drops + DROP_ROWS * DropCount.SIZEOF; at += DropCount.SIZEOF) {
      const packets = view.getBigUint64(at + DropCount.PACKETS, true);
      if (packets === 0n) continue;
      rows.push({
        node: this.names[view.getUint32(at + DropCount.NODE, true)]!, reason: Drop[view.getUint32(at + DropCount.REASON, true)]!,
        packets, bytes: view.getBigUint64(at + DropCount.BYTES, true), first: view.getUint32(at + DropCount.FIRST, true),
      });
    }
    return rows.sort((a, b) => Number(b.packets - a.packets) || a.first - b.first);
  }

  /** Give the switch a trace buffer of `size` bytes; marked packets leave records there. */
  trace(size: number): number {
    const at = this.k.alloc(size, 'trace buffer');
    this.k.fn['trace_init']!(at, size);
    this.k.view.setUint32(this.sw + Switch.TRACE, at, true);
    return at;
  }

  /** Bytes used in the trace buffer; reading `trace.ts` turns them into visits. */
  get traced(): number {
    const at = this.k.view.getUint32(this.sw + Switch.TRACE, true);
    return at === 0 ? 0 : this.k.view.getUint32(at + TraceBuffer.USED, true);
  }
}

function edgesOf(name: string): readonly string[] {
  const edges = catalog[name];
  if (!edges) throw new WeftError(EXIT.internal, `no node ${name} in the catalog`);
  return edges;
}
