// run.ts -- virtual time: the next event, and what it does.

import { EVENT_SHIFT, EventKind, LinkClass, NOBODY, PortKind, Sim, SimDrop, SimPacket, SimPacketKind, SimPort, SimPortState } from "../abi/sim";
import { TraceKind } from "../abi/sim_trace";
import { rng_next } from "../lib/rng";
import { eventNext, eventTake, eventTime, NEVER } from "./events";
import { nicNext, nicReceive, nicStarts, nicTimeout } from "./nic";
import { packetAt, packetFree } from "./packet";
import { bufferGive, bufferTake, portAt, portDrop, portNext, portPaused, portQueue } from "./port";
import { route, routeTraced } from "./route";
import { traceAt } from "./trace";

/** sim_run: time is up; nothing is left to happen; all flows are done; so many events were handled; the run is over for Sim.FAULT. */
const UNTIL = 0, IDLE = 1, DONE = 2, BUDGET = 3, FAULT = 4;

/** Handle events up to time `until`, `budget` of them at most. @returns why it stopped */
export function sim_run(sim: usize, until: i64, budget: u32): u32 {
  const q = <usize>load<u32>(sim, Sim.QUEUE);
  let left = budget;
  let status: u32 = BUDGET;
  while (left) {
    const source = eventNext(q), time = eventTime(q, source);
    if (time > until || time == NEVER) {
      status = time == NEVER ? IDLE : UNTIL;
      if (until != NEVER) store<i64>(sim, until, Sim.NOW);
      break;
    }
    store<i64>(sim, time, Sim.NOW);
    const event = eventTake(q, source);
    handle(sim, <u32>(event >> 32), <u32>event);
    left--;
    if (load<u32>(sim, Sim.FAULT)) {
      status = FAULT;
      break;
    }
    if (!load<u32>(sim, Sim.OPEN)) {
      status = DONE;
      break;
    }
  }
  store<u64>(sim, load<u64>(sim, Sim.EVENTS) + (budget - left), Sim.EVENTS);
  return status;
}

function handle(sim: usize, what: u32, arg: u32): void {
  const kind = what >> EVENT_SHIFT, n = what & ((1 << EVENT_SHIFT) - 1);
  if (kind == EventKind.SENT) sent(sim, n, arg);
  else if (kind == EventKind.ARRIVES) arrives(sim, n, arg);
  else if (kind == EventKind.STARTS) nicStarts(sim, n);
  else nicTimeout(sim, n);
}

/** The last bit of packet `k` left port `n`. */
function sent(sim: usize, n: u32, k: u32): void {
  const p = portAt(sim, n);
  store<u8>(p, load<u8>(p, SimPort.STATE) & ~SimPortState.SENDING, SimPort.STATE);
  if (load<u8>(p, SimPort.KIND) == PortKind.HOST) return nicNext(sim, n);
  bufferGive(sim, packetAt(sim, k));
  // Giving the buffer back may have sent a PFC frame by this very port.
  if (!(load<u8>(p, SimPort.STATE) & SimPortState.SENDING)) portNext(sim, n, p);
}

/** Packet `k` is at the device of port `n`. */
function arrives(sim: usize, n: u32, k: u32): void {
  const p = portAt(sim, n), d = packetAt(sim, k);
  store<u64>(sim, load<u64>(sim, Sim.HOPS) + 1, Sim.HOPS);
  const state = load<u8>(p, SimPort.STATE);
  if (state & SimPortState.DOWN) return portDrop(sim, n, k, SimDrop.LINK_DOWN);
  const loss = load<u32>(<usize>load<u32>(sim, Sim.LINKS) + load<u32>(p, SimPort.LINK) * LinkClass.STRIDE, LinkClass.LOSS);
  if (loss && <u32>(rng_next(sim + Sim.RNG) >> 32) < loss) return portDrop(sim, n, k, SimDrop.LINK_LOSS);
  if (state & SimPortState.TRACED) traceAt(sim, TraceKind.ARRIVED, n, d);
  const host = load<u8>(p, SimPort.KIND) == PortKind.HOST;
  if (load<u8>(d, SimPacket.KIND) == SimPacketKind.PFC) {
    portPaused(sim, n, d);
    packetFree(sim, k);
    if (load<u8>(p, SimPort.STATE) & SimPortState.SENDING) return;
    if (host) nicNext(sim, n);
    else portNext(sim, n, p);
    return;
  }
  if (host) return nicReceive(sim, n, k);
  const owner = load<u32>(p, SimPort.OWNER), out = state & SimPortState.TRACED ? routeTraced(sim, owner, d) : route(sim, owner, d);
  if (out == NOBODY) return portDrop(sim, n, k, SimDrop.NO_PATH);
  store<u8>(d, load<u8>(d, SimPacket.HOPS) + 1, SimPacket.HOPS);
  if (bufferTake(sim, n, k)) portQueue(sim, out, k);
}
