// flow.ts -- messages: when they may start, which of a host's can send, when
// they are done and what then starts.

import { EVENT_SHIFT, EventKind, Flow, FlowState, NOBODY, Sim, SimFault, SimHost } from "../abi/sim";
import { eventHeap } from "./events";

export function flowAt(sim: usize, n: u32): usize {
  return <usize>load<u32>(sim, Sim.FLOWS) + <usize>n * Flow.SIZEOF;
}

export function hostAt(sim: usize, n: u32): usize {
  return <usize>load<u32>(sim, Sim.HOSTS) + (<usize>n << 4);
}

/** The flow can send: it joins the ring of its host, last in turn. */
export function flowReady(sim: usize, n: u32, f: usize): void {
  const h = hostAt(sim, load<u32>(f, Flow.SRC)), head = load<u32>(h, SimHost.READY);
  store<u8>(f, FlowState.READY, Flow.STATE);
  if (head == NOBODY) {
    store<u32>(f, n, Flow.AFTER);
    store<u32>(f, n, Flow.BEFORE);
    store<u32>(h, n, SimHost.READY);
    return;
  }
  const first = flowAt(sim, head), last = load<u32>(first, Flow.BEFORE);
  store<u32>(f, head, Flow.AFTER);
  store<u32>(f, last, Flow.BEFORE);
  store<u32>(flowAt(sim, last), n, Flow.AFTER);
  store<u32>(first, n, Flow.BEFORE);
}

/** It cannot, for now or for good. Precondition: it is READY. */
export function flowRest(sim: usize, n: u32, f: usize, state: u32): void {
  const h = hostAt(sim, load<u32>(f, Flow.SRC)), after = load<u32>(f, Flow.AFTER), before = load<u32>(f, Flow.BEFORE);
  store<u8>(f, state, Flow.STATE);
  if (after == n) {
    store<u32>(h, NOBODY, SimHost.READY);
    return;
  }
  store<u32>(flowAt(sim, before), after, Flow.AFTER);
  store<u32>(flowAt(sim, after), before, Flow.BEFORE);
  if (load<u32>(h, SimHost.READY) == n) store<u32>(h, after, SimHost.READY);
}

/** Start a flow that waits for nothing at Flow.START. */
export function flow_schedule(sim: usize, n: u32): void {
  const f = flowAt(sim, n);
  if (!eventHeap(<usize>load<u32>(sim, Sim.QUEUE), load<i64>(f, Flow.START), (EventKind.STARTS << EVENT_SHIFT) | n, 0)) store<u32>(sim, SimFault.EVENTS, Sim.FAULT);
}

/** All bytes are there and acknowledged: those that waited for it come nearer. */
export function flowDone(sim: usize, n: u32, f: usize): void {
  const now = load<i64>(sim, Sim.NOW), count = load<u32>(f, Flow.FOLLOWER_COUNT), list = <usize>load<u32>(sim, Sim.FOLLOWERS) + (<usize>load<u32>(f, Flow.FOLLOWER) << 2);
  if (load<u8>(f, Flow.STATE) == FlowState.READY) flowRest(sim, n, f, FlowState.DONE);
  store<u8>(f, FlowState.DONE, Flow.STATE);
  store<i64>(f, now, Flow.END);
  store<u32>(sim, load<u32>(sim, Sim.OPEN) - 1, Sim.OPEN);
  if (!load<i64>(sim, Sim.FIRST_END)) store<i64>(sim, now, Sim.FIRST_END);
  for (let i: u32 = 0; i < count; i++) {
    const m = load<u32>(list + (i << 2)), g = flowAt(sim, m), waits = load<u32>(g, Flow.WAITS) - 1;
    store<u32>(g, waits, Flow.WAITS);
    if (waits) continue;
    store<i64>(g, now + load<i64>(g, Flow.DELAY), Flow.START);
    flow_schedule(sim, m);
  }
}
