// run.ts -- drive vectors through the nodes of a switch.
//
// Nodes stand in rank order. Each has a list of frames that wait for it; a
// bitmap says which nodes have any. The lowest such node runs next, so vectors
// merge before the expensive nodes behind them, and a packet on a back edge
// (lookup, end, lookup again) is seen again before anything later runs.
//
// A node boundary is one pass over EDGE and LEN of the records (in L1: the
// node just wrote them) that splits the vector into runs of one edge; a run is
// counted once and its handles are copied as a block.

import { Drop } from "../abi/drop";
import { Edge, Frame, Packet, PASSES_MAX, Pool, VEC_MAX } from "../abi/packet";
import { Express, LOOKED_UP, Way } from "../abi/express";
import { Node, Switch, TRACE_INPUT } from "../abi/switch";
import { express4 } from "../express/ip4";
import { express6 } from "../express/ip6";
import { promising } from "../express/way";
import { at, drop } from "../lib/packet";
import { free, freeFrame, takeFrame } from "../lib/pool";
import { countDrop } from "./drops";
import { traceDrop, traceVector } from "./trace";

/** graph_step: nothing waits. */
const IDLE: u32 = 0;
/** graph_step: every waiting node needs buffers that only the host can free. */
const STUCK: u32 = 0xffffffff;
/** Bit of Switch.WAITING: packets moved since a node began to wait. */
const MOVED: u32 = 0x80000000;

/**
 * Put `n` packets (handles at `vec`) in front of node `index`.
 * The caller has set LEN, ORIG, RX_PORT, TIME, ID; the rest is zero.
 */
export function graph_input(sw: usize, index: u32, vec: usize, n: u32): void {
  let now = load<i64>(sw, Switch.NOW);
  for (let i: u32 = 0; i < n; i++) now = max<i64>(now, load<i64>(at(vec, i), Packet.TIME));
  store<i64>(sw, now, Switch.NOW);
  const trace = <usize>load<u32>(sw, Switch.TRACE);
  if (trace) traceVector(sw, TRACE_INPUT, vec, n);
  append(sw, index, vec, n);
}

/** Packets that the host held go on in front of node `index`. */
export function graph_resume(sw: usize, index: u32, vec: usize, n: u32): void {
  store<u32>(sw, load<u32>(sw, Switch.HELD) - n, Switch.HELD);
  append(sw, index, vec, n);
}

/** Node `index` drops a packet that the host held. @param why Drop */
export function graph_refuse(sw: usize, index: u32, d: usize, why: u32): void {
  store<u32>(sw, load<u32>(sw, Switch.HELD) - 1, Switch.HELD);
  drop(d, why);
  traceDrop(sw, index, d);
  graph_drop(sw, index, d);
}

/**
 * Run until nothing waits.
 * @returns 0 when drained; 1 when a node waits for buffers: take what is in
 *          Pool.TX_LIST and call again (set Switch.STARVED when that list is empty)
 */
export function graph_run(sw: usize): u32 {
  while (true) {
    const ways = <usize>load<u32>(sw, Switch.EXPRESS);
    if (ways && onlyEntryWaits(sw) && !load<u32>(sw, Switch.TRACE)) express(sw, ways);
    const step = graph_step(sw);
    if (step == IDLE) return 0;
    if (step == STUCK) return 1;
  }
}

/**
 * Run one node over one frame. Behind a node that waits for buffers only later
 * ones run, so several may wait at once; all are tried again when the later
 * ones are done, if anything moved since. @returns its index + 1, 0 when
 * nothing waits, 0xffffffff when stuck
 */
export function graph_step(sw: usize): u32 {
  while (true) {
    const waiting = load<u32>(sw, Switch.WAITING), index = lowestPending(sw, waiting & ~MOVED);
    if (index >= 0) {
      run(sw, <u32>index);
      return <u32>index + 1;
    }
    if (!waiting) return IDLE;
    store<u32>(sw, 0, Switch.WAITING);
    if (!(waiting & MOVED)) return STUCK;
  }
}

/** Whether packets wait in front of the first node and nowhere else: then none can be overtaken. */
function onlyEntryWaits(sw: usize): bool {
  return load<u64>(sw, Switch.PENDING) == 1 && (load<u64>(sw, Switch.PENDING + 8) | load<u64>(sw, Switch.PENDING + 16) | load<u64>(sw, Switch.PENDING + 24)) == 0;
}

/** Take the plain packets of the first waiting frame on; the frame keeps the others. */
function express(sw: usize, ways: usize): void {
  const entry = nodeAt(sw, 0), frame = <usize>load<u32>(entry, Node.HEAD), vec = frame + Frame.HANDLES, n = load<u32>(frame, Frame.COUNT);
  if (!promising(sw, vec, n)) return;
  let way = ways + Express.FOUR, left = express4(sw, way, vec, n);
  if (left == n) {
    way = ways + Express.SIX;
    left = express6(sw, way, vec, n);
  } else if (left && left < LOOKED_UP) left = express6(sw, way = ways + Express.SIX, vec, left);
  if (left && left < LOOKED_UP) {
    store<u32>(frame, left, Frame.COUNT);
    return;
  }
  takeHead(sw, entry, 0);
  if (left) handOn(sw, indexOf(sw, load<u32>(way, Way.LOOKUP)), vec, left & ~LOOKED_UP);
  freeFrame(load<u32>(sw, Switch.POOL), frame);
}

function indexOf(sw: usize, node: usize): u32 {
  return (<u32>node - load<u32>(sw, Switch.NODES)) / Node.SIZEOF;
}

/** Lowest node from `first` on with waiting frames; -1 when there is none. */
function lowestPending(sw: usize, first: u32): i32 {
  for (let w = first >> 6; w < 4; w++) {
    let bits = load<u64>(sw + (w << 3), Switch.PENDING);
    if (w == first >> 6) bits &= <u64>-1 << (first & 63);
    if (bits) return <i32>((w << 6) + <u32>ctz(bits));
  }
  return -1;
}

function nodeAt(sw: usize, index: u32): usize {
  return <usize>load<u32>(sw, Switch.NODES) + index * Node.SIZEOF;
}

function setPending(sw: usize, index: u32, on: bool): void {
  const word = sw + Switch.PENDING + ((index >> 6) << 3), bit = <u64>1 << (index & 63);
  store<u64>(word, on ? load<u64>(word) | bit : load<u64>(word) & ~bit);
}

function run(sw: usize, index: u32): void {
  const node = nodeAt(sw, index), pool = <usize>load<u32>(sw, Switch.POOL);
  const frame = takeHead(sw, node, index);
  const vec = frame + Frame.HANDLES, n = load<u32>(frame, Frame.COUNT);
  store<u32>(sw, n, Switch.DONE);
  call_indirect<void>(load<u32>(node, Node.FN), vec, n, sw);
  const done = load<u32>(sw, Switch.DONE);
  store<u64>(node, load<u64>(node, Node.CALLS) + 1, Node.CALLS);
  store<u64>(node, load<u64>(node, Node.PACKETS) + done, Node.PACKETS);

  if (done && load<u32>(sw, Switch.WAITING)) store<u32>(sw, load<u32>(sw, Switch.WAITING) | MOVED, Switch.WAITING);

  const trace = <usize>load<u32>(sw, Switch.TRACE);
  if (trace) traceVector(sw, index, vec, done);
  handOn(sw, index, vec, done);
  if (done < n) requeue(sw, index, frame, done, n);
  else freeFrame(pool, frame);
}

/** Take the first frame that waits for a node. */
function takeHead(sw: usize, node: usize, index: u32): usize {
  const frame = <usize>load<u32>(node, Node.HEAD), rest = load<u32>(frame, Frame.NEXT);
  store<u32>(node, rest, Node.HEAD);
  if (!rest) {
    store<u32>(node, 0, Node.TAIL);
    setPending(sw, index, false);
  }
  return frame;
}

/** What a node has done goes on: its vector, then what it emitted. */
function handOn(sw: usize, index: u32, vec: usize, n: u32): void {
  dispatch(sw, index, vec, n);
  const pool = <usize>load<u32>(sw, Switch.POOL), emitted = load<u32>(pool, Pool.EMITTED);
  if (!emitted) return;
  const list = <usize>load<u32>(pool, Pool.EMIT_LIST), trace = <usize>load<u32>(sw, Switch.TRACE);
  if (trace) traceVector(sw, index, list, emitted);
  dispatch(sw, index, list, emitted);
  store<u32>(pool, 0, Pool.EMITTED);
}

/** The node waits for buffers: its unfinished packets go back to the head of its list. */
function requeue(sw: usize, index: u32, frame: usize, done: u32, n: u32): void {
  const node = nodeAt(sw, index), head = load<u32>(node, Node.HEAD);
  memory.copy(frame + Frame.HANDLES, frame + Frame.HANDLES + (done << 2), (n - done) << 2);
  store<u32>(frame, n - done, Frame.COUNT);
  store<u32>(frame, head, Frame.NEXT);
  store<u32>(node, <u32>frame, Node.HEAD);
  if (!head) store<u32>(node, <u32>frame, Node.TAIL);
  setPending(sw, index, true);
  store<u32>(sw, (index + 1) | (done ? MOVED : load<u32>(sw, Switch.WAITING) & MOVED), Switch.WAITING);
}

/** Hand each run of packets with one edge to the node behind that edge. */
function dispatch(sw: usize, index: u32, vec: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ) {
    const start = i, edge = load<u8>(at(vec, i), Packet.EDGE);
    let bytes: u64 = 0;
    do {
      bytes += load<u32>(at(vec, i), Packet.LEN);
      i++;
    } while (i < n && load<u8>(at(vec, i), Packet.EDGE) == edge);
    deliver(sw, index, edge, vec + (<usize>start << 2), i - start, bytes);
  }
}

function deliver(sw: usize, index: u32, edge: u32, vec: usize, n: u32, bytes: u64): void {
  if (edge == Edge.DROP) return dropAll(sw, index, vec, n);
  const node = nodeAt(sw, index);
  if (edge < load<u32>(node, Node.EDGES)) {
    const counts = <usize>load<u32>(node, Node.COUNTS) + (<usize>edge << 4);
    store<u64>(counts, load<u64>(counts) + n);
    store<u64>(counts, load<u64>(counts, 8) + bytes, 8);
    const next = load<u32>(load<u32>(node, Node.NEXT) + (edge << 2));
    if (next <= index) n = spendPasses(sw, index, vec, n);
    append(sw, next, vec, n);
  } else if (edge == Edge.CONSUME) {
    const pool = <usize>load<u32>(sw, Switch.POOL);
    for (let i: u32 = 0; i < n; i++) free(pool, at(vec, i));
    store<u64>(sw, load<u64>(sw, Switch.CONSUMED) + n, Switch.CONSUMED);
  } else if (edge == Edge.HOLD) {
    store<u32>(sw, load<u32>(sw, Switch.HELD) + n, Switch.HELD);
  }
}

function dropAll(sw: usize, index: u32, vec: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) graph_drop(sw, index, at(vec, i));
}

/** Count a packet whose DROP is set under node `index`; free it, or keep it for the host. */
export function graph_drop(sw: usize, index: u32, d: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL);
  countDrop(load<u32>(sw, Switch.DROPS), index, load<u16>(d, Packet.DROP), load<u32>(d, Packet.ID), load<u32>(d, Packet.LEN));
  if (!load<u32>(sw, Switch.KEEP_DROPS)) return free(pool, d);
  const kept = load<u32>(pool, Pool.DROPPED);
  store<u16>(d, index, Packet.TX_PORT); // the host reads there which node dropped it
  store<u32>(load<u32>(pool, Pool.DROP_LIST) + (kept << 2), <u32>d);
  store<u32>(pool, kept + 1, Pool.DROPPED);
}

/** A back edge costs a pass. Packets without one left drop LOOP. @returns how many go on, moved to the front */
function spendPasses(sw: usize, index: u32, vec: usize, n: u32): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), passes = <u32>load<u8>(d, Packet.PASSES) + 1;
    if (passes > <u32>PASSES_MAX) {
      drop(d, Drop.LOOP);
      traceDrop(sw, index, d);
      graph_drop(sw, index, d);
      continue;
    }
    store<u8>(d, passes, Packet.PASSES);
    store<u32>(vec + (kept++ << 2), <u32>d);
  }
  return kept;
}

/** Add handles to the frames that wait for a node. */
function append(sw: usize, index: u32, vec: usize, n: u32): void {
  if (!n) return;
  const node = nodeAt(sw, index), pool = <usize>load<u32>(sw, Switch.POOL);
  let tail = <usize>load<u32>(node, Node.TAIL);
  if (!tail) setPending(sw, index, true);
  while (n) {
    let count = tail ? load<u32>(tail, Frame.COUNT) : VEC_MAX;
    if (count == VEC_MAX) {
      const fresh = takeFrame(pool);
      if (tail) store<u32>(tail, <u32>fresh, Frame.NEXT);
      else store<u32>(node, <u32>fresh, Node.HEAD);
      tail = fresh;
      count = 0;
    }
    const m = min<u32>(n, VEC_MAX - count);
    memory.copy(tail + Frame.HANDLES + (count << 2), vec, m << 2);
    store<u32>(tail, count + m, Frame.COUNT);
    vec += <usize>m << 2;
    n -= m;
  }
  store<u32>(node, <u32>tail, Node.TAIL);
}
