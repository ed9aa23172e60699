// bridge_forward.ts -- node: learn where a frame comes from, find where it goes.
//
// IEEE 802.1Q clauses 8.6 (forwarding), 8.7 (learning), 8.8 (filtering
// database). Groups that a bridge never forwards (table 8-1: STP, LACP, LLDP,
// PAUSE) end here and teach nothing: their senders are the neighbours on the
// wire. Ageing is by packet time, so it does not depend on vector sizes.
//
//   in / out  the frame, unchanged and without the tags of its interface
//
// cfg    Packet.IFACE: a member or the bridge's own interface; Switch.BRIDGES, Switch.FDB
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 iface_output, 6 bridge_flood
// sets   DOMAIN; IFACE (known destinations); L3, FLAGS.GROUP (own interface)

import { Bridge, Drop, Iface, IfaceFlag, Packet, Switch } from "../abi";
import { enterOwn, sameHorizon } from "../lib/bridge";
import { isGroup } from "../lib/l3_input";
import { at, data, drop, dropShort, forward, len } from "../lib/packet";
import { fdb_age, fdb_get, fdb_learn, FdbLearn, MISS } from "../tables/fdb";
import { BRIDGE_GROUP, BRIDGE_GROUP_MASK, ETH } from "../wire/ethernet";

const IFACE_OUTPUT = 5, BRIDGE_FLOOD = 6;
/** A MAC as the table takes it: the low 48 bits of a load. */
const MAC_BITS: u64 = 0xffffffffffff;
/** Least packet time between two sweeps of a full table, picoseconds. */
const SWEEP_EVERY: i64 = 1_000_000_000_000;

export function bridge_forward(vec: usize, n: u32, sw: usize): void {
  const ifaces = <usize>load<u32>(sw, Switch.IFACES), bridges = <usize>load<u32>(sw, Switch.BRIDGES);
  const fdb = <usize>load<u32>(sw, Switch.FDB);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d);
    if (len(d) < <u32>ETH.LEN) {
      dropShort(d, ETH.LEN);
      continue;
    }
    const from = ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF, own = <usize>load<u32>(from, Iface.BRIDGE);
    const bridge = own ? own : bridges + <usize>load<u32>(from, Iface.DOMAIN) * Bridge.SIZEOF;
    const domain = <u32>((bridge - bridges) / Bridge.SIZEOF), now = max<i64>(load<i64>(bridge, Bridge.NOW), load<i64>(d, Packet.TIME));
    store<i64>(bridge, now, Bridge.NOW);
    store<u32>(d, domain, Packet.DOMAIN);
    if ((load<u64>(p) & BRIDGE_GROUP_MASK) == BRIDGE_GROUP) {
      drop(d, Drop.LINK_LOCAL_GROUP);
      continue;
    }
    if (isGroup(p + ETH.SRC)) {
      drop(d, Drop.SOURCE_MAC_GROUP);
      continue;
    }
    if (!own && !(load<u8>(from, Iface.FLAGS) & IfaceFlag.NO_LEARN) && !learn(fdb, bridge, domain, load<u64>(p, ETH.SRC) & MAC_BITS, from)) {
      drop(d, Drop.STATIC_MAC_MOVED);
      continue;
    }
    const to = isGroup(p) ? MISS : fdb_get(fdb, domain, load<u64>(p) & MAC_BITS, now);
    if (to == MISS) forward(d, BRIDGE_FLOOD);
    else send(d, from, to);
  }
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

function send(d: usize, from: usize, to: usize): void {
  if (to == from) drop(d, Drop.SAME_PORT);
  else if (sameHorizon(from, to)) drop(d, Drop.SPLIT_HORIZON);
  else if (load<u32>(to, Iface.BRIDGE)) enterOwn(d, to);
  else {
    store<u16>(d, load<u16>(to, Iface.INDEX), Packet.IFACE);
    forward(d, IFACE_OUTPUT);
  }
}
