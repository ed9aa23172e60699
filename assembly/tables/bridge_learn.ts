// bridge_learn.ts -- a bridge takes a frame: IEEE 802.1Q clauses 8.6.3 (groups
// that are never forwarded) and 8.7 (learning), ageing by packet time.

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Bridge, Iface, IfaceFlag } from "../abi/port";
import { isGroup } from "../lib/l3_input";
import { data } from "../lib/packet";
import { BRIDGE_GROUP, BRIDGE_GROUP_MASK, ETH } from "../wire/ethernet";
import { fdb_age, fdb_learn, FdbLearn } from "./fdb";

/** A MAC as the table takes it: the low 48 bits of a load. */
export const MAC_BITS: u64 = 0xffffffffffff;
/** Least packet time between two sweeps of a full table, picoseconds. */
const SWEEP_EVERY: i64 = 1_000_000_000_000;

/**
 * Move the bridge's clock to the frame at DATA that came by `from`, and learn its source.
 * Precondition: a whole Ethernet header.
 * @returns why the frame must be dropped, or NONE
 */
export function bridge_learn(fdb: usize, bridge: usize, domain: u32, from: usize, d: usize): Drop {
  const p = data(d);
  store<i64>(bridge, max<i64>(load<i64>(bridge, Bridge.NOW), load<i64>(d, Packet.TIME)), Bridge.NOW);
  if ((load<u64>(p) & BRIDGE_GROUP_MASK) == BRIDGE_GROUP) return Drop.LINK_LOCAL_GROUP;
  if (isGroup(p + ETH.SRC)) return Drop.SOURCE_MAC_GROUP;
  if (!learns(from) || learn(fdb, bridge, domain, load<u64>(p, ETH.SRC) & MAC_BITS, from)) return Drop.NONE;
  return Drop.STATIC_MAC_MOVED;
}

function learns(iface: usize): bool {
  return !load<u32>(iface, Iface.BRIDGE) && !(load<u16>(iface, Iface.FLAGS) & IfaceFlag.NO_LEARN);
}

/** @returns false when a static entry says that the MAC is elsewhere */
function learn(fdb: usize, bridge: usize, domain: u32, mac: u64, from: usize): bool {
  const now = load<i64>(bridge, Bridge.NOW), age = load<i64>(bridge, Bridge.AGE);
  const done = fdb_learn(fdb, domain, mac, <u32>from, now, age);
  if (done == FdbLearn.FULL && now >= load<i64>(bridge, Bridge.SWEEP)) {
    store<i64>(bridge, now + SWEEP_EVERY, Bridge.SWEEP);
    if (fdb_age(fdb, now)) fdb_learn(fdb, domain, mac, <u32>from, now, age);
  }
  return done != FdbLearn.STATIC;
}
