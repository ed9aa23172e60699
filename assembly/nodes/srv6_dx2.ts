// srv6_dx2.ts -- node: a frame out of an SRv6 tunnel goes to its interface.
//
// RFC 8986 sections 4.9 (End.DX2: always the same one) and 4.10 (End.DX2V: the
// frame's VLAN tags say which). The tags that were looked up come off where the
// interface puts on tags of its own; else they are the customer's and stay.
//
//   in   | anything, L4 bytes | Ethernet frame
//   out                       | Ethernet frame
//
// cfg    Packet.HIT: Sid
// edges  1 iface_output
// sets   DATA, LEN, ORIG, L3, IFACE, FLOW, PRIO, FLAGS

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { Sid, SidBehavior } from "../abi/srv6";
import { at, be16, data, drop, forward, len } from "../lib/packet";
import { uncoverFrame } from "../lib/srv6";
import { isTag, popTags } from "../lib/vlan";
import { MISS, tags_one, tags_two } from "../tables/tags";
import { ETH } from "../wire/ethernet";
import { VLAN, VLAN_TCI } from "../wire/vlan";

const IFACE_OUTPUT = 1;

export function srv6_dx2(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), sid = <usize>load<u32>(d, Packet.HIT);
    if (!uncoverFrame(d, sid)) continue;
    const iface = load<u8>(sid, Sid.BEHAVIOR) == SidBehavior.END_DX2V ? byTags(d, load<u32>(sid, Sid.L2)) : <usize>load<u32>(sid, Hop.IFACE);
    if (!iface) {
      drop(d, Drop.VLAN_UNKNOWN);
      continue;
    }
    store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
    forward(d, IFACE_OUTPUT);
  }
}

/** Iface for the tags of a frame, the inner one too if the table knows both; 0 for none. Its PCP becomes the priority. */
function byTags(d: usize, table: usize): usize {
  const p = data(d), have = len(d);
  if (have < <u32>ETH.LEN + VLAN.LEN || !isTag(be16(p + ETH.ETHERTYPE))) return 0;
  let tags: u32 = 2, found = MISS;
  if (have >= <u32>ETH.LEN + 2 * VLAN.LEN && isTag(be16(p + ETH.ETHERTYPE + VLAN.LEN))) found = tags_two(table, p);
  if (found == MISS) {
    tags = 1;
    found = tags_one(table, p);
    if (found == MISS) return 0;
  }
  const iface = <usize>found;
  if (!load<u8>(iface, Iface.TAG_COUNT)) return iface;
  store<u8>(d, be16(p + ETH.ETHERTYPE + VLAN.TCI) >> VLAN_TCI.PCP_SHIFT, Packet.PRIO);
  popTags(d, tags * VLAN.LEN);
  return iface;
}
