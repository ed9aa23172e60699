// nic.ts -- a host's network card: RoCEv2 reliable connections, a flow each.
//
// A port that is idle takes the next packet of the flows that can send, in
// turn; so with several planes each gets what it can carry. GO_BACK_N answers
// a gap by one NAK and keeps nothing behind it; OUT_OF_ORDER places every
// packet as it comes (WRITE) and acknowledges all before the first hole. What
// neither brings back a timeout does: everything from the hole is sent again.

import { ACK_BYTES, ACK_PRIORITY, BORN_SHIFT, Endpoint, EVENT_SHIFT, EventKind, Flow, FlowState, NOBODY, Sim, SimFault, SimHost, SimPacket, SimPacketFlag, SimPacketKind, SimPort, SimPortState, Transport } from "../abi/sim";
import { histogramAdd } from "../lib/histogram";
import { eventHeap } from "./events";
import { flowAt, flowDone, flowReady, flowRest, hostAt } from "./flow";
import { packetAt, packetFree, packetTake } from "./packet";
import { portAt, portNext, portQueue, portSend } from "./port";

/** Port `n` of a host is idle: send what waits there, else the next packet of a flow. */
export function nicNext(sim: usize, n: u32): void {
  const p = portAt(sim, n);
  if (portNext(sim, n, p)) return;
  const h = hostAt(sim, load<u32>(p, SimPort.OWNER)), head = load<u32>(h, SimHost.READY), stopped = <u32>load<u16>(p, SimPort.STOPPED);
  if (head == NOBODY) return;
  let m = head;
  do {
    const f = flowAt(sim, m);
    if (!(stopped >> load<u8>(f, Flow.PRIORITY) & 1)) {
      store<u32>(h, load<u32>(f, Flow.AFTER), SimHost.READY);
      return sendNext(sim, n, p, m, f, n - load<u32>(h));
    }
    m = load<u32>(f, Flow.AFTER);
  } while (m != head);
}

/** The next packet of flow `m` goes out by port `n`, plane `plane`. */
function sendNext(sim: usize, n: u32, p: usize, m: u32, f: usize, plane: u32): void {
  const k = packetTake(sim);
  if (k == NOBODY) return;
  const d = packetAt(sim, k), psn = load<u32>(f, Flow.NEXT), last = psn + 1 == load<u32>(f, Flow.PACKETS), sent = load<u32>(f, Flow.SENT), now = load<i64>(sim, Sim.NOW);
  address(sim, d, m, load<u32>(f, Flow.DST), plane);
  store<u32>(d, psn, SimPacket.PSN);
  store<u16>(d, load<u32>(f, Flow.HEADERS) + (last ? load<u32>(f, Flow.LAST) : load<u32>(f, Flow.PAYLOAD)), SimPacket.BYTES);
  store<u8>(d, SimPacketKind.DATA, SimPacket.KIND);
  store<u8>(d, (last ? SimPacketFlag.LAST : 0) | (psn < sent ? SimPacketFlag.AGAIN : 0), SimPacket.FLAGS);
  store<u8>(d, load<u8>(f, Flow.PRIORITY), SimPacket.PRIORITY);
  if (psn < sent) {
    store<u32>(f, load<u32>(f, Flow.RESENT) + 1, Flow.RESENT);
    store<u64>(sim, load<u64>(sim, Sim.RESENT) + 1, Sim.RESENT);
  } else store<u32>(f, psn + 1, Flow.SENT);
  if (load<i64>(sim, Sim.FIRST_START) < 0) store<i64>(sim, now, Sim.FIRST_START);
  store<u32>(f, psn + 1, Flow.NEXT);
  if (!canSend(f)) flowRest(sim, m, f, FlowState.BLOCKED);
  portSend(sim, n, p, k, d);
}

function canSend(f: usize): bool {
  const next = load<u32>(f, Flow.NEXT);
  return next < load<u32>(f, Flow.PACKETS) && next - load<u32>(f, Flow.ACKED) < load<u32>(f, Flow.WINDOW);
}

/** Fields that every packet of flow `m` to a host has. */
function address(sim: usize, d: usize, m: u32, to: u32, plane: u32): void {
  const endpoint = to * load<u32>(sim, Sim.PLANES) + plane, e = <usize>load<u32>(sim, Sim.ENDPOINTS) + (<usize>endpoint << 3);
  store<u32>(d, m, SimPacket.FLOW);
  store<u32>(d, endpoint, SimPacket.TO);
  store<u16>(d, load<u32>(e, Endpoint.LEAF), SimPacket.LEAF);
  store<u32>(d, NOBODY, SimPacket.BY);
  store<u8>(d, 0, SimPacket.HOPS);
  store<u32>(d, <u32>(load<i64>(sim, Sim.NOW) >> BORN_SHIFT), SimPacket.BORN);
}

/** All ports of a host that are idle look for something to send. */
function wake(sim: usize, host: u32): void {
  const first = load<u32>(hostAt(sim, host));
  for (let n = first; n < first + load<u32>(sim, Sim.PLANES); n++)
    if (!(load<u8>(portAt(sim, n), SimPort.STATE) & SimPortState.SENDING)) nicNext(sim, n);
}

/** A flow's time has come. */
export function nicStarts(sim: usize, m: u32): void {
  const f = flowAt(sim, m), now = load<i64>(sim, Sim.NOW);
  store<i64>(f, now, Flow.START);
  if (!load<u32>(f, Flow.PACKETS)) {
    store<i64>(f, now, Flow.ARRIVED);
    return flowDone(sim, m, f);
  }
  flowReady(sim, m, f);
  store<i64>(f, now + load<i64>(f, Flow.TIMEOUT), Flow.DEADLINE);
  timer(sim, m, f);
  wake(sim, load<u32>(f, Flow.SRC));
}

function timer(sim: usize, m: u32, f: usize): void {
  if (!eventHeap(<usize>load<u32>(sim, Sim.QUEUE), load<i64>(f, Flow.DEADLINE), (EventKind.TIMEOUT << EVENT_SHIFT) | m, 0)) store<u32>(sim, SimFault.EVENTS, Sim.FAULT);
}

/** The timer of a flow rings; mostly it has been put off meanwhile. */
export function nicTimeout(sim: usize, m: u32): void {
  const f = flowAt(sim, m), now = load<i64>(sim, Sim.NOW);
  if (load<u8>(f, Flow.STATE) == FlowState.DONE) return;
  if (now >= load<i64>(f, Flow.DEADLINE)) {
    store<i64>(f, now + load<i64>(f, Flow.TIMEOUT), Flow.DEADLINE);
    // Nothing is on its way that could answer.
    rewind(sim, m, f, load<u32>(f, Flow.ACKED));
  }
  timer(sim, m, f);
}

/** Send from `psn` on again. */
function rewind(sim: usize, m: u32, f: usize, psn: u32): void {
  store<u32>(f, psn, Flow.NEXT);
  resume(sim, m, f);
}

function resume(sim: usize, m: u32, f: usize): void {
  if (load<u8>(f, Flow.STATE) != FlowState.BLOCKED || !canSend(f)) return;
  flowReady(sim, m, f);
  wake(sim, load<u32>(f, Flow.SRC));
}

/** A packet came in by port `n` of a host. */
export function nicReceive(sim: usize, n: u32, k: u32): void {
  const d = packetAt(sim, k), m = load<u32>(d, SimPacket.FLOW), f = flowAt(sim, m), psn = load<u32>(d, SimPacket.PSN), kind = load<u8>(d, SimPacket.KIND);
  if (kind == SimPacketKind.DATA) {
    histogramAdd(<usize>load<u32>(sim, Sim.LATENCY), <u64>((<u32>(load<i64>(sim, Sim.NOW) >> BORN_SHIFT)) - load<u32>(d, SimPacket.BORN)) << BORN_SHIFT);
    const plane = n - load<u32>(hostAt(sim, load<u32>(f, Flow.DST)));
    if (load<u8>(f, Flow.TRANSPORT) == Transport.GO_BACK_N) inOrder(sim, m, f, psn, plane);
    else anyOrder(sim, m, f, psn, plane);
  } else acknowledged(sim, m, f, psn, kind == SimPacketKind.NAK);
  packetFree(sim, k);
}

function inOrder(sim: usize, m: u32, f: usize, psn: u32, plane: u32): void {
  const expected = load<u32>(f, Flow.EXPECTED);
  order(sim, f, psn);
  if (psn > expected) {
    if (!load<u8>(f, Flow.NAKED)) answer(sim, m, f, plane, SimPacketKind.NAK);
    store<u8>(f, 1, Flow.NAKED);
    return;
  }
  if (psn < expected) return answer(sim, m, f, plane, SimPacketKind.ACK);
  store<u8>(f, 0, Flow.NAKED);
  store<u32>(f, psn + 1, Flow.EXPECTED);
  accept(sim, m, f, psn, plane);
}

function anyOrder(sim: usize, m: u32, f: usize, psn: u32, plane: u32): void {
  const expected = load<u32>(f, Flow.EXPECTED), early = <usize>load<u32>(f, Flow.EARLY), mask = load<u32>(f, Flow.EARLY_BITS) - 1;
  order(sim, f, psn);
  if (psn < expected || early_get(early, psn & mask)) return answer(sim, m, f, plane, SimPacketKind.ACK);
  if (psn > expected) early_set(early, psn & mask, 1);
  else {
    let next = psn + 1;
    for (; early_get(early, next & mask); next++) early_set(early, next & mask, 0);
    store<u32>(f, next, Flow.EXPECTED);
  }
  accept(sim, m, f, psn, plane);
}

function early_get(bits: usize, i: u32): u32 {
  return (load<u8>(bits + (i >> 3)) >> (i & 7)) & 1;
}

function early_set(bits: usize, i: u32, value: u32): void {
  const at = bits + (i >> 3), bit: u32 = 1 << (i & 7);
  store<u8>(at, value ? load<u8>(at) | bit : load<u8>(at) & ~bit);
}

/** Reordering as RFC 4737 section 3 counts it: a packet is reordered when a later one came before; its extent is by how many places. */
function order(sim: usize, f: usize, psn: u32): void {
  const highest = load<u32>(f, Flow.HIGHEST);
  if (psn >= highest) {
    store<u32>(f, psn + 1, Flow.HIGHEST);
    return;
  }
  store<u32>(f, load<u32>(f, Flow.REORDERED) + 1, Flow.REORDERED);
  store<u64>(sim, load<u64>(sim, Sim.REORDERED) + 1, Sim.REORDERED);
  if (highest - 1 - psn > load<u32>(f, Flow.EXTENT)) store<u32>(f, highest - 1 - psn, Flow.EXTENT);
}

/** A packet that was not there yet. */
function accept(sim: usize, m: u32, f: usize, psn: u32, plane: u32): void {
  const received = load<u32>(f, Flow.RECEIVED) + 1, all = load<u32>(f, Flow.PACKETS), untold = load<u32>(f, Flow.UNTOLD) + 1;
  store<u32>(f, received, Flow.RECEIVED);
  store<u64>(sim, load<u64>(sim, Sim.DELIVERED) + (psn + 1 == all ? load<u32>(f, Flow.LAST) : load<u32>(f, Flow.PAYLOAD)), Sim.DELIVERED);
  store<u32>(f, untold, Flow.UNTOLD);
  if (received == all) store<i64>(f, load<i64>(sim, Sim.NOW), Flow.ARRIVED);
  if (received == all || untold >= load<u32>(f, Flow.TELL)) answer(sim, m, f, plane, SimPacketKind.ACK);
}

function answer(sim: usize, m: u32, f: usize, plane: u32, kind: u32): void {
  const k = packetTake(sim);
  if (k == NOBODY) return;
  const d = packetAt(sim, k);
  address(sim, d, m, load<u32>(f, Flow.SRC), plane);
  store<u32>(d, load<u32>(f, Flow.EXPECTED), SimPacket.PSN);
  store<u16>(d, ACK_BYTES, SimPacket.BYTES);
  store<u8>(d, kind, SimPacket.KIND);
  store<u8>(d, 0, SimPacket.FLAGS);
  store<u8>(d, <u8>ACK_PRIORITY, SimPacket.PRIORITY);
  store<u32>(f, 0, Flow.UNTOLD);
  portQueue(sim, load<u32>(hostAt(sim, load<u32>(f, Flow.DST))) + plane, k);
}

/** All before `psn` arrived; a NAK asks for what begins there. */
function acknowledged(sim: usize, m: u32, f: usize, psn: u32, again: bool): void {
  if (load<u8>(f, Flow.STATE) == FlowState.DONE) return;
  if (psn > load<u32>(f, Flow.ACKED)) {
    store<u32>(f, psn, Flow.ACKED);
    store<i64>(f, load<i64>(sim, Sim.NOW) + load<i64>(f, Flow.TIMEOUT), Flow.DEADLINE);
    if (psn == load<u32>(f, Flow.PACKETS)) return flowDone(sim, m, f);
    if (load<u32>(f, Flow.NEXT) < psn) store<u32>(f, psn, Flow.NEXT);
  }
  if (again && psn == load<u32>(f, Flow.ACKED)) rewind(sim, m, f, psn);
  else resume(sim, m, f);
}
