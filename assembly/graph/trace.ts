// trace.ts -- what each node did to the packets that carry a mark.
//
// Nodes hold no trace code: graph_run calls this after a node when the switch
// has a trace buffer, so an untraced run pays one test a vector.

import { Packet } from "../abi/packet";
import { Switch, Trace, TRACE_BYTES, TraceBuffer } from "../abi/switch";
import { at, data, len } from "../lib/packet";

/** Make `size` bytes at `t` an empty trace buffer. */
export function trace_init(t: usize, size: u32): void {
  store<u32>(t, 0, TraceBuffer.USED);
  store<u32>(t, size - TraceBuffer.DATA, TraceBuffer.SIZE);
  store<u32>(t, 0, TraceBuffer.LOST);
}

/** Record the marked packets of a vector after node `index` (or TRACE_INPUT). */
export function traceVector(sw: usize, index: u32, vec: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i);
    if (load<u8>(d, Packet.MARK)) traceOne(sw, index, d);
  }
}

/** Record a packet that graph_run itself drops, as if node `index` had. */
export function traceDrop(sw: usize, index: u32, d: usize): void {
  if (load<u32>(sw, Switch.TRACE) && load<u8>(d, Packet.MARK)) traceOne(sw, index, d);
}

function traceOne(sw: usize, index: u32, d: usize): void {
  const t = <usize>load<u32>(sw, Switch.TRACE), used = load<u32>(t, TraceBuffer.USED);
  const captured = min<u32>(len(d), TRACE_BYTES), bytes = Trace.SIZEOF + ((captured + 7) & ~7);
  if (used + bytes > load<u32>(t, TraceBuffer.SIZE)) {
    store<u32>(t, load<u32>(t, TraceBuffer.LOST) + 1, TraceBuffer.LOST);
    return;
  }
  const r = t + TraceBuffer.DATA + used;
  store<u32>(r, <u32>d, Trace.HANDLE);
  store<u32>(r, load<u32>(d, Packet.ID), Trace.ID);
  store<u16>(r, index, Trace.NODE);
  store<u8>(r, load<u8>(d, Packet.EDGE), Trace.EDGE);
  store<u8>(r, load<u8>(d, Packet.FLAGS), Trace.FLAGS);
  store<u16>(r, load<u16>(d, Packet.DROP), Trace.DROP);
  store<u16>(r, load<u16>(d, Packet.L3), Trace.L3);
  store<u16>(r, load<u16>(d, Packet.L4), Trace.L4);
  store<u16>(r, load<u16>(d, Packet.RX_PORT), Trace.RX_PORT);
  store<u16>(r, load<u16>(d, Packet.TX_PORT), Trace.TX_PORT);
  store<u16>(r, captured, Trace.CAPTURED);
  store<u32>(r, len(d), Trace.LEN);
  store<u32>(r, load<u32>(d, Packet.HIT), Trace.HIT);
  store<u32>(r, load<u32>(d, Packet.DOMAIN), Trace.DOMAIN);
  store<u32>(r, load<u32>(d, Packet.FLOW), Trace.FLOW);
  store<u32>(r, load<u16>(d, Packet.IFACE), Trace.IFACE);
  store<u32>(r, load<u32>(sw, Switch.GENERATION), Trace.GENERATION);
  memory.copy(r + Trace.SIZEOF, data(d), captured);
  store<u32>(t, used + bytes, TraceBuffer.USED);
}
