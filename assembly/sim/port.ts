// port.ts -- one end of a link: queues by priority, a serialiser, and priority
// flow control (IEEE 802.1Qbb).
//
// A port sends one frame at a time, MAC control first, then the highest
// priority that has packets and is not stopped. A frame takes
// ceil((bytes + 24) * 8 / rate); it is at the next device's queue DELAY after
// its last bit. Buffers are given back when a frame is out.

import { EVENT_SHIFT, EventKind, LinkClass, NOBODY, NO_CLASS, PFC_BYTES, PortKind, PortQueue, PRIORITIES, Sim, SimDrop, SimFault, SimPacket, SimPacketFlag, SimPacketKind, SimPort, SimPortState, SimSwitch, WIRE_OVERHEAD } from "../abi/sim";
import { TraceKind } from "../abi/sim_trace";
import { histogramAdd } from "../lib/histogram";
import { rng_next } from "../lib/rng";
import { eventHeap, eventRing } from "./events";
import { packetAt, packetDrop, packetTake } from "./packet";
import { traceAt, traceDropped, tracePaused, traceQueued } from "./trace";

export function portAt(sim: usize, n: u32): usize {
  return <usize>load<u32>(sim, Sim.PORTS) + (<usize>n << 8);
}

export function switchAt(sim: usize, n: u32): usize {
  return <usize>load<u32>(sim, Sim.SWITCHES) + (<usize>n << 6);
}

function depthAt(sim: usize, n: u32): usize {
  return <usize>load<u32>(sim, Sim.DEPTHS) + (<usize>n << 2);
}

function queueAt(p: usize, priority: u32): usize {
  return p + SimPort.QUEUES + priority * PortQueue.SIZEOF;
}

/** Put packet `k` into its queue at port `n`; send it when nothing is in the way. */
export function portQueue(sim: usize, n: u32, k: u32): void {
  const p = portAt(sim, n), d = packetAt(sim, k), bytes = <u32>load<u16>(d, SimPacket.BYTES), priority = <u32>load<u8>(d, SimPacket.PRIORITY);
  const q = queueAt(p, priority), depth = depthAt(sim, n), all = load<u32>(depth);
  if (load<u8>(p, SimPort.KIND) == PortKind.SWITCH && priority < <u32>PRIORITIES) {
    histogramAdd(<usize>load<u32>(sim, Sim.DEPTH), all);
    mark(sim, p, d, load<u32>(q, PortQueue.BYTES));
  }
  if (all + bytes > load<u32>(p, SimPort.DEEPEST)) store<u32>(p, all + bytes, SimPort.DEEPEST);
  store<u32>(depth, all + bytes);
  store<u32>(q, load<u32>(q, PortQueue.BYTES) + bytes, PortQueue.BYTES);
  store<u32>(d, NOBODY, SimPacket.NEXT);
  const waiting = <u32>load<u16>(p, SimPort.WAITING);
  if (waiting & (1 << priority)) store<u32>(packetAt(sim, load<u32>(q, PortQueue.LAST)), k, SimPacket.NEXT);
  else {
    store<u32>(q, k, PortQueue.FIRST);
    store<u16>(p, waiting | (1 << priority), SimPort.WAITING);
  }
  store<u32>(q, k, PortQueue.LAST);
  const state = load<u8>(p, SimPort.STATE);
  if (state & SimPortState.TRACED) traceQueued(sim, n, p, d, all, load<u32>(q, PortQueue.BYTES) - bytes);
  if (!(state & SimPortState.SENDING)) portNext(sim, n, p);
}

/** Congestion marking as a packet is queued: certain above KMAX, by chance on the slope from KMIN. */
function mark(sim: usize, p: usize, d: usize, queued: u32): void {
  const sw = switchAt(sim, load<u32>(p, SimPort.OWNER)), kmax = load<u32>(sw, SimSwitch.KMAX), kmin = load<u32>(sw, SimSwitch.KMIN);
  if (!kmax || queued <= kmin || load<u8>(d, SimPacket.KIND) != SimPacketKind.DATA) return;
  if (queued < kmax) {
    const chance = (<u64>load<u32>(sw, SimSwitch.PMAX) * (queued - kmin)) / (kmax - kmin);
    if ((rng_next(sim + Sim.RNG) >> 32) >= chance) return;
  }
  store<u8>(d, load<u8>(d, SimPacket.FLAGS) | SimPacketFlag.CE, SimPacket.FLAGS);
  store<u64>(sim, load<u64>(sim, Sim.MARKS) + 1, Sim.MARKS);
}

/** Send the next packet that may go. @returns false when there is none */
export function portNext(sim: usize, n: u32, p: usize): bool {
  const waiting = <u32>load<u16>(p, SimPort.WAITING), ready = waiting & ~<u32>load<u16>(p, SimPort.STOPPED);
  if (!ready) return false;
  const priority = 31 - <u32>clz(ready), q = queueAt(p, priority), k = load<u32>(q, PortQueue.FIRST), d = packetAt(sim, k), bytes = <u32>load<u16>(d, SimPacket.BYTES), next = load<u32>(d, SimPacket.NEXT);
  store<u32>(q, next, PortQueue.FIRST);
  store<u32>(q, load<u32>(q, PortQueue.BYTES) - bytes, PortQueue.BYTES);
  if (next == NOBODY) store<u16>(p, <u16>(waiting & ~(1 << priority)), SimPort.WAITING);
  const depth = depthAt(sim, n);
  store<u32>(depth, load<u32>(depth) - bytes);
  portSend(sim, n, p, k, d);
  return true;
}

/** The packet goes onto the wire now. Precondition: the port is not SENDING. */
export function portSend(sim: usize, n: u32, p: usize, k: u32, d: usize): void {
  const bytes = <u32>load<u16>(d, SimPacket.BYTES), link = load<u32>(p, SimPort.LINK), l = <usize>load<u32>(sim, Sim.LINKS) + link * LinkClass.STRIDE;
  const size = <u32>load<u8>(load<u32>(sim, Sim.SIZES) + bytes), now = load<i64>(sim, Sim.NOW), q = <usize>load<u32>(sim, Sim.QUEUE);
  const sent = size == NO_CLASS ? serialisation(load<u64>(l, LinkClass.RATE), bytes) : load<i64>(l + (size << 3), LinkClass.TIMES), there = now + sent + load<i64>(l, LinkClass.DELAY);
  const state = load<u8>(p, SimPort.STATE);
  store<u8>(p, state | SimPortState.SENDING, SimPort.STATE);
  if (state & SimPortState.TRACED) traceAt(sim, TraceKind.SENT, n, d);
  store<u32>(p, k, SimPort.SENDING);
  store<u64>(p, load<u64>(p, SimPort.TX_PACKETS) + 1, SimPort.TX_PACKETS);
  store<u64>(p, load<u64>(p, SimPort.TX_BYTES) + bytes, SimPort.TX_BYTES);
  store<u64>(p, load<u64>(p, SimPort.BUSY) + sent, SimPort.BUSY);
  const done = (EventKind.SENT << EVENT_SHIFT) | n, arrives = (EventKind.ARRIVES << EVENT_SHIFT) | load<u32>(p, SimPort.PEER);
  const ring = (link * load<u32>(sim, Sim.SIZE_COUNT) + size) << 1;
  const room = size == NO_CLASS
    ? eventHeap(q, now + sent, done, k) && eventHeap(q, there, arrives, k)
    : eventRing(q, ring, now + sent, done, k) && eventRing(q, ring + 1, there, arrives, k);
  if (!room) store<u32>(sim, SimFault.EVENTS, Sim.FAULT);
}

/** Picoseconds that a frame of `bytes` takes at `rate` bit/s. */
export function serialisation(rate: u64, bytes: u32): i64 {
  return <i64>((<u64>(bytes + WIRE_OVERHEAD) * 8_000_000_000_000 + rate - 1) / rate);
}

/** Packet `k`, which came in by port `n`, is lost. @param why SimDrop */
export function portDrop(sim: usize, n: u32, k: u32, why: u32): void {
  const p = portAt(sim, n);
  if (load<u8>(p, SimPort.STATE) & SimPortState.TRACED) traceDropped(sim, n, load<u8>(p, SimPort.KIND) == PortKind.SWITCH ? switchAt(sim, load<u32>(p, SimPort.OWNER)) : 0, packetAt(sim, k), why);
  packetDrop(sim, k, why);
}

/** Packet `k` came into a switch by port `n`. @returns false when there was no room for it */
export function bufferTake(sim: usize, n: u32, k: u32): bool {
  const p = portAt(sim, n), sw = switchAt(sim, load<u32>(p, SimPort.OWNER)), d = packetAt(sim, k), bytes = <u32>load<u16>(d, SimPacket.BYTES), priority = <u32>load<u8>(d, SimPacket.PRIORITY);
  const used = load<u32>(sw, SimSwitch.USED) + bytes, lossless = load<u32>(sw, SimSwitch.LOSSLESS) & (1 << priority);
  if (used > load<u32>(sw, SimSwitch.BUFFER)) {
    portDrop(sim, n, k, lossless ? SimDrop.HEADROOM : SimDrop.BUFFER_FULL);
    return false;
  }
  store<u32>(sw, used, SimSwitch.USED);
  if (used > load<u32>(sw, SimSwitch.PEAK)) store<u32>(sw, used, SimSwitch.PEAK);
  store<u32>(d, n, SimPacket.BY);
  const held = p + SimPort.HELD + (priority << 2), bytesHeld = load<u32>(held) + bytes;
  store<u32>(held, bytesHeld);
  if (lossless && bytesHeld > load<u32>(sw, SimSwitch.XOFF) && !(load<u16>(p, SimPort.STOPPING) & (1 << priority))) tellPeer(sim, n, p, priority, true);
  return true;
}

/** The frame that a switch's port was sending is out: its buffer is free. */
export function bufferGive(sim: usize, d: usize): void {
  const n = load<u32>(d, SimPacket.BY);
  if (n == NOBODY) return;
  const p = portAt(sim, n), sw = switchAt(sim, load<u32>(p, SimPort.OWNER)), bytes = <u32>load<u16>(d, SimPacket.BYTES), priority = <u32>load<u8>(d, SimPacket.PRIORITY);
  store<u32>(sw, load<u32>(sw, SimSwitch.USED) - bytes, SimSwitch.USED);
  const held = p + SimPort.HELD + (priority << 2), bytesHeld = load<u32>(held) - bytes;
  store<u32>(held, bytesHeld);
  if (load<u16>(p, SimPort.STOPPING) & (1 << priority) && bytesHeld <= load<u32>(sw, SimSwitch.XON)) tellPeer(sim, n, p, priority, false);
}

/** Send a PFC frame by port `n`: stop a priority, or let it go on. */
function tellPeer(sim: usize, n: u32, p: usize, priority: u32, stop: bool): void {
  const stopping = <u32>load<u16>(p, SimPort.STOPPING);
  store<u16>(p, stop ? stopping | (1 << priority) : stopping & ~(1 << priority), SimPort.STOPPING);
  const k = packetTake(sim);
  if (k == NOBODY) return;
  const d = packetAt(sim, k);
  store<u16>(d, PFC_BYTES, SimPacket.BYTES);
  store<u8>(d, SimPacketKind.PFC, SimPacket.KIND);
  store<u8>(d, <u8>PRIORITIES, SimPacket.PRIORITY);
  store<u32>(d, priority, SimPacket.PSN);
  store<u32>(d, u32(stop), SimPacket.FLOW);
  store<u32>(d, NOBODY, SimPacket.BY);
  if (stop) store<u64>(sim, load<u64>(sim, Sim.PAUSES) + 1, Sim.PAUSES);
  portQueue(sim, n, k);
}

/** A PFC frame came in by port `n`: what leaves there stops, or goes on. */
export function portPaused(sim: usize, n: u32, d: usize): void {
  const p = portAt(sim, n), bit: u32 = 1 << load<u32>(d, SimPacket.PSN), before = <u32>load<u16>(p, SimPort.STOPPED), now = load<i64>(sim, Sim.NOW);
  const after = load<u32>(d, SimPacket.FLOW) ? before | bit : before & ~bit;
  store<u16>(p, after, SimPort.STOPPED);
  if (load<u8>(p, SimPort.STATE) & SimPortState.TRACED) tracePaused(sim, n, d, before, after);
  if (!before && after) store<i64>(p, now, SimPort.SINCE);
  else if (before && !after) store<i64>(p, load<i64>(p, SimPort.PAUSED) + now - load<i64>(p, SimPort.SINCE), SimPort.PAUSED);
}

