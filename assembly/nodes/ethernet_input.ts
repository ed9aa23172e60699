// ethernet_input.ts -- node: a frame enters the switch by a port.
//
// IEEE 802.3 clause 3 (frame), 802.1Q clause 9 (tags), RFC 894 and 2464 (what
// IP expects of them). Up to two tags choose the interface: the port itself
// for untagged and priority-tagged frames (VID 0), else what the port's tag
// table names, two tags before one.
//
//   in   | dst | src | [tag | [tag |]] ethertype | payload
//   out  the same; bridge interfaces have the tags that chose them taken off
//
// cfg    Switch.PORTS, Port, Port.TAGS, Switch.IFACES
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 bridge_forward
// sets   IFACE, DOMAIN, L3 (L3 interfaces), PRIO, FLAGS.GROUP

import { Drop, Iface, IfaceKind, Packet, Port, Switch } from "../abi";
import { isGroup, l3Input } from "../lib/l3_input";
import { at, be16, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { exceedsMtu, isTag, popTags } from "../lib/vlan";
import { exact64_get, MISS } from "../tables/exact64";
import { ETH } from "../wire/ethernet";
import { VLAN, VLAN_TCI } from "../wire/vlan";

const BRIDGE_FORWARD = 5;

export function ethernet_input(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS), ifaces = <usize>load<u32>(sw, Switch.IFACES);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d), wire = wireLen(d);
    const port = ports + <u32>load<u16>(d, Packet.RX_PORT) * Port.SIZEOF;
    store<u64>(port, load<u64>(port, Port.RX_PACKETS) + 1, Port.RX_PACKETS);
    store<u64>(port, load<u64>(port, Port.RX_BYTES) + wire, Port.RX_BYTES);
    if (wire < <u32>load<u16>(port, Port.MIN_FRAME)) {
      drop(d, Drop.RUNT);
      continue;
    }
    if (len(d) < <u32>ETH.LEN) {
      dropShort(d, ETH.LEN);
      continue;
    }
    if (isGroup(p + ETH.SRC)) {
      drop(d, Drop.SOURCE_MAC_GROUP);
      continue;
    }
    let iface = <usize>load<u32>(port, Port.IFACE), l3: u32 = ETH.LEN;
    if (isTag(be16(p + ETH.ETHERTYPE))) {
      if (len(d) < <u32>ETH.LEN + VLAN.LEN) {
        dropShort(d, ETH.LEN + VLAN.LEN);
        continue;
      }
      const tci = be16(p + ETH.ETHERTYPE + VLAN.TCI);
      store<u8>(d, tci >> VLAN_TCI.PCP_SHIFT, Packet.PRIO);
      l3 += VLAN.LEN;
      if (tci & VLAN_TCI.VID) {
        const second = isTag(be16(p + l3 - 2));
        if (second && len(d) < <u32>ETH.LEN + 2 * VLAN.LEN) {
          dropShort(d, ETH.LEN + 2 * VLAN.LEN);
          continue;
        }
        const found = tagged(<usize>load<u32>(port, Port.TAGS), p, second);
        iface = found == MISS ? 0 : ifaces + found * Iface.SIZEOF;
        if (iface && load<u8>(iface, Iface.TAGS_POPPED) == 2) l3 += VLAN.LEN;
      }
    }
    if (!iface) {
      drop(d, Drop.VLAN_UNKNOWN);
      continue;
    }
    if (exceedsMtu(d, load<u16>(port, Port.MTU))) {
      drop(d, Drop.MTU_EXCEEDED);
      continue;
    }
    store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
    store<u32>(d, load<u32>(iface, Iface.DOMAIN), Packet.DOMAIN);
    if (load<u8>(iface) == IfaceKind.L3) l3Input(d, iface, l3);
    else {
      popTags(d, l3 - ETH.LEN);
      forward(d, BRIDGE_FORWARD);
    }
  }
}

/**
 * Interface index for the tags of a frame, or MISS. The key is TPID and VID of
 * the outer tag over those of the inner, 16 bits each; zero where there is none.
 */
function tagged(table: usize, p: usize, second: bool): u32 {
  if (!table) return MISS;
  const outer = <u64>tagKey(p + ETH.ETHERTYPE) << 32;
  if (second) {
    const both = exact64_get(table, outer | <u64>tagKey(p + ETH.ETHERTYPE + VLAN.LEN));
    if (both != MISS) return both;
  }
  return exact64_get(table, outer);
}

function tagKey(tag: usize): u32 {
  return (be16(tag + VLAN.TPID) << 16) | (be16(tag + VLAN.TCI) & VLAN_TCI.VID);
}
