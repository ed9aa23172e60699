// trace.ts -- what happens to packets at ports that are TRACED, written down
// for the host. Callers test the bit, in a byte that they have read anyway.

import { Balance, Choice, NOBODY, Sim, SimFault, SimPacket, SimPort, SimSwitch } from "../abi/sim";
import { SimTrace, TraceKind, TraceRecord } from "../abi/sim_trace";
import { fareCredit, fareFactor, fareWeight } from "../balance/fare";

/** A record of `kind`, if such are wanted of this flow. @returns its address, or 0 */
function add(sim: usize, kind: u32, n: u32, d: usize): usize {
  const t = <usize>load<u32>(sim, Sim.TRACE), flow = load<u32>(t, SimTrace.FLOW), count = load<u32>(t, SimTrace.COUNT), room = load<u32>(t, SimTrace.ROOM);
  if (!(load<u32>(t, SimTrace.KINDS) >> kind & 1)) return 0;
  if (flow != NOBODY && kind != TraceKind.PAUSED && flow != load<u32>(d, SimPacket.FLOW)) return 0;
  if (count == room) return 0;
  store<u32>(t, count + 1, SimTrace.COUNT);
  if (count + 1 + load<u32>(t, SimTrace.SPARE) >= room && !load<u32>(sim, Sim.FAULT)) store<u32>(sim, SimFault.TRACE, Sim.FAULT);
  const r = <usize>load<u32>(t) + <usize>count * TraceRecord.SIZEOF;
  store<i64>(r, load<i64>(sim, Sim.NOW));
  store<u8>(r, <u8>kind, TraceRecord.KIND);
  store<u8>(r, load<u8>(d, SimPacket.PRIORITY), TraceRecord.PRIORITY);
  store<u8>(r, load<u8>(d, SimPacket.KIND), TraceRecord.PACKET_KIND);
  store<u8>(r, load<u8>(d, SimPacket.FLAGS), TraceRecord.FLAGS);
  store<u32>(r, n, TraceRecord.PORT);
  store<u32>(r, load<u32>(d, SimPacket.FLOW), TraceRecord.FLOW);
  store<u32>(r, load<u32>(d, SimPacket.PSN), TraceRecord.PSN);
  store<u16>(r, load<u16>(d, SimPacket.BYTES), TraceRecord.BYTES);
  store<u8>(r, load<u8>(d, SimPacket.HOPS), TraceRecord.HOPS);
  store<u32>(r, load<u32>(d, SimPacket.TO), TraceRecord.TO);
  return r;
}

/** SENT or ARRIVED. */
export function traceAt(sim: usize, kind: u32, n: u32, d: usize): void {
  add(sim, kind, n, d);
}

/** @param before bytes in all queues of the port, and `own` in that of the packet's priority, without the packet */
export function traceQueued(sim: usize, n: u32, p: usize, d: usize, before: u32, own: u32): void {
  const r = add(sim, TraceKind.QUEUED, n, d);
  if (!r) return;
  store<u32>(r, before, TraceRecord.A);
  store<u32>(r, own, TraceRecord.B);
  store<u32>(r, load<u16>(p, SimPort.STOPPED), TraceRecord.C);
}

/** The ways that a switch is to choose from. @param c Choice, or 0: there is none */
export function traceWays(sim: usize, c: usize, d: usize): void {
  if (!c) return;
  const count = load<u32>(c, Choice.COUNT), mode = load<u8>(c), table = <usize>load<u32>(c, Choice.TABLE), depths = <usize>load<u32>(sim, Sim.DEPTHS);
  for (let i: u32 = 0; i < count; i++) {
    const port = load<u32>(c + (i << 2), Choice.PORTS), r = add(sim, TraceKind.WAY, port, d);
    if (!r) return;
    store<u8>(r, mode, TraceRecord.MODE);
    store<u32>(r, load<u32>(depths + (<usize>port << 2)), TraceRecord.A);
    if (mode != Balance.FARE) continue;
    store<u32>(r, fareWeight(table, i), TraceRecord.B);
    store<i32>(r, fareCredit(table, i), TraceRecord.C);
    store<u32>(r, fareFactor(table, load<u32>(depths + (<usize>port << 2))), TraceRecord.D);
  }
}

/** @param out port that was chosen, or NOBODY; @param c Choice, or 0: the packet's endpoint is on this switch */
export function traceChosen(sim: usize, out: u32, c: usize, d: usize, hash: u32): void {
  const r = add(sim, TraceKind.CHOSEN, out, d);
  if (!r) return;
  if (c) store<u8>(r, load<u8>(c), TraceRecord.MODE);
  store<u32>(r, hash, TraceRecord.A);
  store<u32>(r, c ? load<u32>(c, Choice.COUNT) : 0, TraceRecord.B);
}

/** @param why SimDrop; @param sw the switch, or 0 at a host */
export function traceDropped(sim: usize, n: u32, sw: usize, d: usize, why: u32): void {
  const r = add(sim, TraceKind.DROPPED, n, d);
  if (!r) return;
  store<u32>(r, why, TraceRecord.A);
  store<u32>(r, sw ? load<u32>(sw, SimSwitch.USED) : 0, TraceRecord.B);
}

/** PFC stopped priorities of port `n`, or let them go on; bits by priority. */
export function tracePaused(sim: usize, n: u32, d: usize, before: u32, after: u32): void {
  const r = add(sim, TraceKind.PAUSED, n, d);
  if (!r) return;
  store<u32>(r, before, TraceRecord.A);
  store<u32>(r, after, TraceRecord.B);
}
