// trace.ts -- read a switch's trace buffer: the visits of marked packets.

import { Drop } from '../../assembly/abi/drop.ts';
import { Edge, PacketFlag } from '../../assembly/abi/packet.ts';
import { Switch, Trace, TRACE_INPUT, TraceBuffer } from '../../assembly/abi/switch.ts';
import type { Graph } from './graph.ts';

/** One node's work on one packet. */
export interface Visit {
  /** Handle: tells the copies of a packet apart. */
  readonly handle: number;
  readonly id: number;
  /** Node name, or "input" for the packet as it came in. */
  readonly node: string;
  /** Edge taken: a name of the node, or "drop", "sent", "hold", "consume". */
  readonly edge: string;
  /** Reason when the edge is "drop". */
  readonly drop: string;
  readonly copy: boolean;
  readonly originated: boolean;
  readonly l3: number;
  readonly l4: number;
  readonly rxPort: number;
  readonly txPort: number;
  /** Index of the interface it belongs to, 0 for none yet. */
  readonly iface: number;
  /** Length of the packet; `bytes` holds at most TRACE_BYTES of it, as the node left them. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Address of the table entry that matched last. */
  readonly hit: number;
  readonly domain: number;
  readonly flow: number;
  /** How often the switch's file had been replaced (Switch.GENERATION). */
  readonly generation: number;
}

/** All visits so far, in the order they happened. The buffer is emptied. */
export function takeTrace(graph: Graph): { visits: Visit[]; lost: number } {
  const { k } = graph, { view } = k;
  const buffer = view.getUint32(graph.sw + Switch.TRACE, true);
  if (buffer === 0) return { visits: [], lost: 0 };
  const visits: Visit[] = [];
  const end = buffer + TraceBuffer.DATA + view.getUint32(buffer + TraceBuffer.USED, true);
  for (let r = buffer + TraceBuffer.DATA; r < end; ) {
    const captured = view.getUint16(r + Trace.CAPTURED, true), node = view.getUint16(r + Trace.NODE, true);
    const flags = view.getUint8(r + Trace.FLAGS), edge = view.getUint8(r + Trace.EDGE);
    visits.push({
      handle: view.getUint32(r + Trace.HANDLE, true), id: view.getUint32(r + Trace.ID, true),
      node: node === TRACE_INPUT ? 'input' : graph.names[node]!,
      edge: node === TRACE_INPUT ? '' : edge >= Edge.SENT ? Edge[edge]!.toLowerCase() : graph.edge(node, edge),
      drop: edge === Edge.DROP && node !== TRACE_INPUT ? Drop[view.getUint16(r + Trace.DROP, true)] ?? '' : '',
      copy: (flags & PacketFlag.COPY) !== 0, originated: (flags & PacketFlag.ORIGINATED) !== 0,
      l3: view.getUint16(r + Trace.L3, true), l4: view.getUint16(r + Trace.L4, true),
      rxPort: view.getUint16(r + Trace.RX_PORT, true), txPort: view.getUint16(r + Trace.TX_PORT, true), iface: view.getUint16(r + Trace.IFACE, true),
      length: view.getUint32(r + Trace.LEN, true), bytes: k.bytes.slice(r + Trace.SIZEOF, r + Trace.SIZEOF + captured),
      hit: view.getUint32(r + Trace.HIT, true), domain: view.getUint32(r + Trace.DOMAIN, true), flow: view.getUint32(r + Trace.FLOW, true), generation: view.getUint32(r + Trace.GENERATION, true),
    });
    r += Trace.SIZEOF + ((captured + 7) & ~7);
  }
  const lost = view.getUint32(buffer + TraceBuffer.LOST, true);
  view.setUint32(buffer + TraceBuffer.USED, 0, true);
  view.setUint32(buffer + TraceBuffer.LOST, 0, true);
  return { visits, lost };
}
