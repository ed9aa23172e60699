// replay.ts -- captures through a network of switches, and an account of every
// packet: in + originated + copies = out + dropped + consumed + held.
//
// The two sides come from independent counters: what the reader read and the
// nodes made; what the sink was handed, the drop tables hold, the nodes ended
// or keep. `unexplained` is their difference.

import { Packet, Pool, VEC_MAX } from '../../assembly/abi/packet.ts';
import { Iface, Port } from '../../assembly/abi/port.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import type { Fault } from '../capture/fault.ts';
import type { CaptureReader } from '../capture/reader.ts';
import type { CaptureWriter } from '../capture/writer.ts';
import type { DropRow } from '../graph/graph.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { frame, take, Vector } from '../kernel/packets.ts';
import type { Network, OutsidePort } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';
import { formatIp } from '../wire/address.ts';

export interface ReplayOptions {
  /** Where what leaves goes; a function is called once the reader knows its capture's times, at the latest at the end. */
  readonly writer?: CaptureWriter | (() => CaptureWriter) | undefined;
  /** Gets each dropped packet as it was, with a comment. */
  readonly drops?: CaptureWriter | undefined;
  /** Passes over the capture; default 1. */
  readonly loop?: number | undefined;
  /** Packets that enter the switches at most. */
  readonly limit?: number | undefined;
  /** Decides times, and how many packets are next. */
  readonly pace?: Pace | undefined;
  /** What is done between two bursts once so many packets have entered, in that order. */
  readonly updates?: readonly { readonly after: number; apply(): void }[] | undefined;
  /** Called after each burst with the packets that have entered; a promise holds the run. */
  readonly progress?: ((entered: number) => void | Promise<void>) | undefined;
  /** Ends the run between two bursts. */
  readonly signal?: AbortSignal | undefined;
  /** Nanoseconds of a monotonic clock: kernel time is measured when it is given. */
  readonly clock?: (() => bigint) | undefined;
  /** Runs a switch instead of Graph.run (Sink.run): takes traces, measures nodes. */
  readonly run?: ((sw: Switch) => boolean) | undefined;
}

export interface Pace {
  /**
   * Before packets enter: set their times, wait until they are due.
   * @param vec address of `n` handles
   * @returns how many of the first ones are due: 1 to n
   */
  due(vec: number, n: number): number | Promise<number>;
}

export interface Amount { packets: number; bytes: number }
export interface ReplayResult {
  in: Amount;
  /** By port that leads outside: what came in there, and what left. */
  received: Record<string, Amount>;
  out: Record<string, Amount>;
  /** Most packets first. `node` is "reader" for what never became a packet of a switch. */
  drops: { node: string; reason: string; packets: number; bytes: number; first: number }[];
  originated: number;
  copies: number;
  consumed: number;
  held: number;
  filtered: number;
  unexplained: number;
  fault: Fault | undefined;
  /** Times of the first packet that entered and of the last, picoseconds since the origin; undefined when none did. */
  span: { start: bigint; end: bigint } | undefined;
  /** Nanoseconds spent in the switches, when a clock was given. */
  kernelNs: number;
}

/** Run a capture through a network. The reader's ports are numbers of network.ports. */
export async function replay(network: Network, reader: CaptureReader, options: ReplayOptions = {}): Promise<ReplayResult> {
  const { k } = network, { drops, pace, clock, signal, loop = 1, limit = Number.POSITIVE_INFINITY, updates = [] } = options;
  const vector = new Vector(k), list = k.view.getUint32(k.pool + Pool.TX_LIST, true), stopped = aborted(signal);
  const open = () => (typeof options.writer === 'function' ? options.writer() : options.writer);
  let writer: CaptureWriter | undefined, begun = false, entered = 0, out = 0, kernelNs = 0n, passes = 1;
  let left: Amount = { packets: 0, bytes: 0 }, span: ReplayResult['span'];
  if (drops) network.keepDrops();
  const sink = {
    sent(n: number) {
      out += n;
      if (writer) writer.write(list, n);
      else k.fn['free_list']!(k.pool, list, n);
    },
    dropped(sw: Switch) {
      // Nodes drop one after the other; a capture is in order.
      for (const d of take(k, 'DROP').sort((a, b) => idOf(k, a) - idOf(k, b))) {
        drops!.writeComment(d, network.number(sw, k.view.getUint16(d + Packet.RX_PORT, true)), 'in', dropComment(network, sw, d));
        k.fn['free']!(k.pool, d);
      }
    },
    ...(options.run && { run: options.run }),
  };
  const begin = () => {
    begun = true;
    writer = open();
    if (writer) writer.origin = reader.origin ?? 0n;
    if (drops) drops.origin = reader.origin ?? 0n;
  };

  let update = 0;
  while (!signal?.aborted) {
    for (; (updates[update]?.after ?? Number.POSITIVE_INFINITY) <= entered; update++) updates[update]!.apply();
    const n = reader.next(vector.at, Math.min(VEC_MAX, limit - entered, (updates[update]?.after ?? Number.POSITIVE_INFINITY) - entered));
    if (n === 0) {
      if (entered >= limit) break;
      const filled = reader.fill();
      if (filled === true || (filled && await Promise.race([filled, stopped]))) continue;
      if (signal?.aborted || reader.fault || passes >= loop || !reader.rewind()) break;
      passes++;
      continue;
    }
    if (!begun) begin();
    for (let at = 0; at < n; ) {
      const vec = vector.at + at * 4, asked = pace?.due(vec, n - at) ?? n, due = typeof asked === 'number' ? asked : await asked;
      if (signal?.aborted) {
        left = discard(k, vec, n - at);
        break;
      }
      const start = clock?.() ?? 0n;
      span = { start: span?.start ?? timeOf(k, k.u32[vec >> 2]!), end: timeOf(k, k.u32[(vec >> 2) + due - 1]!) };
      enter(network, vec, due);
      network.run(sink);
      if (clock) kernelNs += clock() - start;
      at += due;
      entered += due;
      const pause = options.progress?.(entered);
      if (pause) await pause;
    }
  }
  if (!begun) begin();
  return { ...account(network, reader, left, out), span, kernelNs: Number(kernelNs) };
}

const idOf = (k: Kernels, d: number): number => k.view.getUint32(d + Packet.ID, true);
const timeOf = (k: Kernels, d: number): bigint => k.view.getBigInt64(d + Packet.TIME, true);

/** Resolves to false once the signal is given; never without one. */
const aborted = (signal: AbortSignal | undefined): Promise<false> =>
  new Promise(resolve => { signal?.addEventListener('abort', () => resolve(false), { once: true }); });

/** Free packets that were read but never entered. */
function discard(k: Kernels, vec: number, n: number): Amount {
  const handles = Array.from(k.u32.subarray(vec >>> 2, (vec >>> 2) + n));
  const bytes = handles.reduce((sum, d) => sum + k.view.getUint32(d + Packet.LEN, true), 0);
  k.fn['free_list']!(k.pool, vec, n);
  return { packets: n, bytes };
}

/** Packets of the reader enter the switches their ports belong to. */
function enter(network: Network, vec: number, n: number): void {
  const { k } = network;
  if (network.switches.length === 1) {
    network.input(0, vec, n);
    return;
  }
  for (let i = 0; i < n; ) {
    const first = i, number = portOf(network, vec, i), { sw } = network.ports[number]!;
    for (; i < n && network.ports[portOf(network, vec, i)]!.sw === sw; i++) {
      const d = k.u32[(vec >>> 2) + i]!;
      k.view.setUint16(d + Packet.RX_PORT, network.ports[portOf(network, vec, i)]!.port, true);
    }
    network.input(number, vec + first * 4, i - first);
  }
}

const portOf = (network: Network, vec: number, i: number): number =>
  network.k.view.getUint16(network.k.u32[(vec >>> 2) + i]! + Packet.RX_PORT, true);

function account(network: Network, reader: CaptureReader, left: Amount, out: number): Omit<ReplayResult, 'span' | 'kernelNs'> {
  const { k, switches } = network, many = switches.length > 1;
  const sum = (field: number) => switches.reduce((s, sw) => s + Number(k.view.getBigUint64(sw.at + field, true)), 0);
  const originated = sum(Sw.ORIGINATED), copies = sum(Sw.COPIES), consumed = sum(Sw.CONSUMED);
  const held = switches.reduce((s, sw) => s + k.view.getUint32(sw.at + Sw.HELD, true), 0);
  const rows = [
    ...reader.drops.map(d => ({ ...d, node: 'reader' })),
    ...switches.flatMap(sw => sw.graph.drops().map((d: DropRow) => ({ node: many ? `${sw.name}:${d.node}` : d.node, reason: d.reason, packets: Number(d.packets), bytes: Number(d.bytes), first: d.first }))),
  ].sort((a, b) => b.packets - a.packets || a.first - b.first);
  const dropped = rows.reduce((s, d) => s + d.packets, 0), packets = reader.packets - reader.filtered - left.packets;
  const outside = network.ports.filter((_, i) => !network.linked(i));
  const byPort = (field: number) => Object.fromEntries(outside.map(p => [p.name, counted(network, p, field)]));
  return {
    in: { packets, bytes: reader.bytes - reader.filteredBytes - left.bytes },
    received: byPort(Port.RX_PACKETS), out: byPort(Port.TX_PACKETS), drops: rows,
    originated, copies, consumed, held, filtered: reader.filtered,
    unexplained: packets + originated + copies - out - dropped - consumed - held,
    fault: reader.fault,
  };
}

/** A port's counter of packets and, behind it, bytes. */
function counted(network: Network, p: OutsidePort, field: number): Amount {
  return { packets: Number(network.counter(p, field)), bytes: Number(network.counter(p, field + 8)) };
}

/** `DROP ip4_lookup NO_ROUTE 10.9.0.0`: node, reason, and the destination where one was read. */
export function dropComment(network: Network, sw: Switch, d: number): string {
  const { view } = network.k, node = sw.graph.names[view.getUint16(d + Packet.TX_PORT, true)]!;
  const reason = sw.graph.reason(view.getUint16(d + Packet.DROP, true));
  const to = destination(frame(network.k, d), view.getUint16(d + Packet.L3, true));
  return `DROP ${network.switches.length > 1 ? `${sw.name}:` : ''}${node} ${reason}${to && ` ${to}`}`;
}

/** Destination of the IP header at `l3`, or "". */
function destination(bytes: Uint8Array, l3: number): string {
  const version = l3 === 0 ? 0 : (bytes[l3] ?? 0) >> 4;
  if (version === 4 && bytes.length >= l3 + 20) return formatIp(bytes.subarray(l3 + 16, l3 + 20));
  if (version === 6 && bytes.length >= l3 + 40) return formatIp(bytes.subarray(l3 + 24, l3 + 40));
  return '';
}

/** MAC of a port: where frames without an Ethernet header are addressed to. */
export function portMac(network: Network, number: number): Uint8Array {
  const { sw, port } = network.ports[number]!, { bytes, view } = network.k;
  const at = view.getUint32(sw.at + Sw.PORTS, true) + port * Port.SIZEOF, iface = view.getUint32(at + Port.IFACE, true);
  return iface === 0 ? bytes.slice(at + Port.MAC, at + Port.MAC + 6) : bytes.slice(iface + Iface.MAC, iface + Iface.MAC + 6);
}
