// bridge_flood.ts -- node: one frame for every member of the bridge that may have it.
//
// IEEE 802.1Q clause 8.6.1: all members but the one it came from; less those
// of the same split-horizon group (RFC 4762 section 4.4) and those that take
// no flooded frames. The bridge's own interface takes group frames only: its
// own MAC is in the table, so no unicast frame for it is ever flooded. The
// frame itself goes to the first member and copies to the others, all or none.
//
//   in / out  the frame, unchanged
//
// cfg    Packet.DOMAIN: Bridge; Packet.IFACE: where it came from
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 bier_input,
//        6 iface_output
// sets   IFACE; DOMAIN, L3, FLAGS.GROUP (own interface)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Bridge, Iface, IfaceFlag } from "../abi/port";
import { Switch } from "../abi/switch";
import { enterOwn, sameHorizon } from "../lib/bridge";
import { emit, starved, wait } from "../lib/emit";
import { isGroup } from "../lib/l3_input";
import { at, data, drop, forward, len } from "../lib/packet";
import { available, clone } from "../lib/pool";

const IFACE_OUTPUT = 6;

export function bridge_flood(vec: usize, n: u32, sw: usize): void {
  const bridges = <usize>load<u32>(sw, Switch.BRIDGES), ifaces = <usize>load<u32>(sw, Switch.IFACES);
  const pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), bridge = bridges + <usize>load<u32>(d, Packet.DOMAIN) * Bridge.SIZEOF;
    const from = ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
    const members = <usize>load<u32>(bridge, Bridge.MEMBERS), end = members + (<usize>load<u32>(bridge, Bridge.COUNT) << 2);
    const first = nextTaker(members, end, from, d);
    if (first == end) {
      drop(d, Drop.NO_MEMBER);
      continue;
    }
    let copies: u32 = 0;
    for (let m = nextTaker(first + 4, end, from, d); m < end; m = nextTaker(m + 4, end, from, d)) copies++;
    if (available(pool, len(d)) < copies) {
      if (!starved(sw)) {
        wait(sw, i);
        return;
      }
      drop(d, Drop.NO_BUFFER);
      store<u32>(sw, 0, Switch.STARVED); // this one was too many; the next may fit
      continue;
    }
    for (let m = nextTaker(first + 4, end, from, d); m < end; m = nextTaker(m + 4, end, from, d)) {
      const copy = clone(pool, d);
      send(copy, load<u32>(m));
      emit(sw, copy, load<u8>(copy, Packet.EDGE));
    }
    send(d, load<u32>(first));
  }
}

/** Place in the list of the next member that the frame goes to, `m` or later; `end` when there is none. */
function nextTaker(m: usize, end: usize, from: usize, d: usize): usize {
  while (m < end && !takes(load<u32>(m), from, d)) m += 4;
  return m;
}

function takes(member: usize, from: usize, d: usize): bool {
  if (member == from) return false;
  if (load<u32>(member, Iface.BRIDGE)) return isGroup(data(d));
  return !(load<u16>(member, Iface.FLAGS) & IfaceFlag.NO_FLOOD) && !sameHorizon(member, from);
}

function send(d: usize, member: usize): void {
  if (load<u32>(member, Iface.BRIDGE)) enterOwn(d, member);
  else {
    store<u16>(d, load<u16>(member, Iface.INDEX), Packet.IFACE);
    forward(d, IFACE_OUTPUT);
  }
}
