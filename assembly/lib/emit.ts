// emit.ts -- packets that a node adds to those it was given.

import { Packet, PacketFlag, Pool } from "../abi/packet";
import { Switch } from "../abi/switch";

/**
 * Send a packet that this node made with alloc() or clone() out of `edge`.
 * graph_run hands it on after the node returns. Counted as copy or originated
 * by its flags: what is neither would breach conservation.
 */
export function emit(sw: usize, d: usize, edge: u32): void {
  const copy = load<u8>(d, Packet.FLAGS) & PacketFlag.COPY;
  const at = sw + (copy ? Switch.COPIES : Switch.ORIGINATED);
  store<u64>(at, load<u64>(at) + 1);
  push(sw, d, edge);
}

/** Send on a packet that the node had kept with Edge.HOLD. */
export function release(sw: usize, d: usize, edge: u32): void {
  store<u32>(sw, load<u32>(sw, Switch.HELD) - 1, Switch.HELD);
  push(sw, d, edge);
}

function push(sw: usize, d: usize, edge: u32): void {
  const p = <usize>load<u32>(sw, Switch.POOL), n = load<u32>(p, Pool.EMITTED);
  store<u8>(d, edge, Packet.EDGE);
  store<u32>(load<u32>(p, Pool.EMIT_LIST) + (n << 2), <u32>d);
  store<u32>(p, n + 1, Pool.EMITTED);
}

/**
 * Stop after `done` packets of the vector: the next one needs buffers that are
 * not free now. graph_run calls the node again with the rest.
 */
export function wait(sw: usize, done: u32): void {
  store<u32>(sw, done, Switch.DONE);
}

/** Whether waiting for a buffer is pointless: drop NO_BUFFER. */
export function starved(sw: usize): bool {
  return load<u32>(sw, Switch.STARVED) != 0;
}
