// bridge_forward.ts -- node: learn where a frame comes from, find where it goes.
//
// IEEE 802.1Q clauses 8.6 (forwarding), 8.7 (learning), 8.8 (filtering
// database). Groups that a bridge never forwards (table 8-1: STP, LACP, LLDP,
// PAUSE) end here and teach nothing: their senders are the neighbours on the
// wire. Ageing is by packet time, so it does not depend on vector sizes.
//
// The slots of all addresses of a vector are touched first, so that cache
// misses overlap: the whole switch takes 40 instead of 38 ns a packet where
// nothing misses (1,000 MACs), and 67 instead of 90 with 16,000 MACs and
// packets beyond the cache (two shared cores, medians of alternating runs).
//
// Frames wait here for the buffers that flooding will take, so that none
// overtakes an earlier one in bridge_flood.
//
//   in / out  the frame, unchanged and without the tags of its interface
//
// cfg    Packet.IFACE: a member or the bridge's own interface; Switch.BRIDGES, Switch.FDB
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 bier_input,
//        6 iface_output, 7 bridge_flood
// sets   DOMAIN; IFACE (known destinations); L3, FLAGS.GROUP (own interface)

import { Drop } from "../abi/drop";
import { Packet, VEC_MAX } from "../abi/packet";
import { Bridge, Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { enterOwn, sameHorizon } from "../lib/bridge";
import { starved, wait } from "../lib/emit";
import { isGroup } from "../lib/l3_input";
import { at, data, drop, dropShort, forward, len } from "../lib/packet";
import { available } from "../lib/pool";
import { bridge_learn, MAC_BITS } from "../tables/bridge_learn";
import { fdb_get_from, fdb_slot, MISS } from "../tables/fdb";
import { ETH } from "../wire/ethernet";

const IFACE_OUTPUT = 6, BRIDGE_FLOOD = 7;

export function bridge_forward(vec: usize, n: u32, sw: usize): void {
  const fdb = <usize>load<u32>(sw, Switch.FDB), pool = <usize>load<u32>(sw, Switch.POOL), scratch = <usize>load<u32>(sw, Switch.SCRATCH);
  touch(vec, n, sw, fdb, scratch);
  let flooded: u32 = 0; // frames that those to be flooded may become
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d);
    if (len(d) < <u32>ETH.LEN) {
      dropShort(d, ETH.LEN);
      continue;
    }
    const from = ifaceOf(sw, d), bridge = bridgeOf(sw, from), domain = domainOf(sw, bridge);
    const refused = bridge_learn(fdb, bridge, domain, from, d);
    store<u32>(d, domain, Packet.DOMAIN);
    if (refused) {
      drop(d, refused);
      continue;
    }
    const to = isGroup(p) ? MISS : fdb_get_from(fdb, load<u32>(scratch + (<usize>i << 2)), domain, load<u64>(p) & MAC_BITS, load<i64>(bridge, Bridge.NOW));
    if (to != MISS) {
      send(d, from, to);
      continue;
    }
    flooded += load<u32>(bridge, Bridge.COUNT);
    if (flooded > available(pool, len(d)) && (i > 0 || !starved(sw))) {
      wait(sw, i);
      return;
    }
    forward(d, BRIDGE_FLOOD);
  }
}

/** Bring the table's slots of the vector near; those of the destinations are left in `scratch`, a u32 each. */
function touch(vec: usize, n: u32, sw: usize, fdb: usize, scratch: usize): void {
  const sources = scratch + VEC_MAX * 4;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d), short = len(d) < <u32>ETH.LEN, domain = domainOf(sw, bridgeOf(sw, ifaceOf(sw, d)));
    store<u32>(scratch + (<usize>i << 2), short ? <u32>fdb : <u32>fdb_slot(fdb, domain, load<u64>(p) & MAC_BITS));
    store<u32>(sources + (<usize>i << 2), short ? <u32>fdb : <u32>fdb_slot(fdb, domain, load<u64>(p, ETH.SRC) & MAC_BITS));
  }
  let seen: u32 = 0;
  for (let i: u32 = 0; i < n; i++) seen ^= load<u32>(load<u32>(scratch + (<usize>i << 2))) ^ load<u32>(load<u32>(sources + (<usize>i << 2)));
  store<u32>(sources, seen); // so that the loads are not dead
}

function ifaceOf(sw: usize, d: usize): usize {
  return <usize>load<u32>(sw, Switch.IFACES) + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
}

/** The bridge of a member, or whose own interface `iface` is. */
function bridgeOf(sw: usize, iface: usize): usize {
  const own = <usize>load<u32>(iface, Iface.BRIDGE);
  return own ? own : <usize>load<u32>(sw, Switch.BRIDGES) + <usize>load<u32>(iface, Iface.DOMAIN) * Bridge.SIZEOF;
}

function domainOf(sw: usize, bridge: usize): u32 {
  return (<u32>bridge - load<u32>(sw, Switch.BRIDGES)) / Bridge.SIZEOF;
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
