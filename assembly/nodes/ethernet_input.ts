// ethernet_input.ts -- node: a frame enters the switch by a port.
//
// IEEE 802.3 clause 3 (frame), 802.1Q clause 9 (tags), RFC 894 and 2464 (what
// IP expects of them). Up to two tags choose the interface: the port itself
// for untagged and priority-tagged frames (VID 0), else what the port's tag
// table names, two tags before one. A promiscuous L3 port takes frames whose
// tags it does not name as its own, whatever their number, and so does a
// cross-connected port, whose frames go to the other end as they are.
//
// MAC control frames (IEEE 802.3 clause 31: PAUSE, PFC) end here: they are for
// the port itself. A port with qos gives each frame a priority by its DSCP or
// PCP, others by its PCP.
//
//   in   | dst | src | [tag | [tag |]] ethertype | payload
//   out  the same; bridges and cross-connects have the tags that chose their
//        interface taken off
//
// cfg    Switch.PORTS, Port, Port.TAGS, Qos, Switch.IFACES
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 bier_input,
//        6 bridge_forward
//        7 iface_output (cross-connected), 8 sr_proxy
// sets   IFACE, DOMAIN, L3 (L3 interfaces), PRIO, FLAGS.GROUP; HIT (services: Iface.RETURN)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Iface, IfaceFlag, IfaceKind, Port } from "../abi/port";
import { Qos, QosTrust } from "../abi/qos";
import { Switch } from "../abi/switch";
import { ipInFrame, trafficClass } from "../lib/ecn";
import { isGroup, L3Edge, l3Input } from "../lib/l3_input";
import { countMacControl } from "../lib/mac_control";
import { at, be16, consume, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { placePlain, plainFrame, plainPort, TYPE_IP4, TYPE_IP6 } from "../lib/plain";
import { countRx } from "../lib/port_count";
import { exceedsMtu, isTag, popTags } from "../lib/vlan";
import { MISS, tags_one, tags_two } from "../tables/tags";
import { ETH, ETH_FRAME_MIN, ETHERTYPE } from "../wire/ethernet";
import { DSCP_SHIFT } from "../wire/ip";
import { PFC } from "../wire/mac_control";
import { VLAN, VLAN_TCI } from "../wire/vlan";

const BRIDGE_FORWARD = 6, IFACE_OUTPUT = 7, SR_PROXY = 8;

export function ethernet_input(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS), ifaces = <usize>load<u32>(sw, Switch.IFACES), plain = <usize>load<u32>(sw, Switch.SCRATCH);
  let number: u32 = 0xffffffff, port: usize = 0, packets: u64 = 0, bytes: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d), wire = wireLen(d), rx = <u32>load<u16>(d, Packet.RX_PORT);
    if (rx != number) {
      countRx(port, packets, bytes);
      number = rx;
      port = ports + rx * Port.SIZEOF;
      packets = bytes = 0;
      plainPort(plain, port);
    }
    packets++;
    bytes += wire;
    // Most frames are untagged IP for the router itself (8.1 -> 4.2 ns/packet).
    const type = len(d) >= <u32>ETH.LEN && plainFrame(plain, p, wire) ? <u32>load<u16>(p, ETH.ETHERTYPE) : 0;
    if (type == TYPE_IP4 || type == TYPE_IP6) {
      placePlain(plain, d);
      forward(d, type == TYPE_IP4 ? L3Edge.IP4 : L3Edge.IP6);
    } else enter(d, port, ifaces);
  }
  countRx(port, packets, bytes);
}

/** Any frame: all checks, tags, bridges. */
function enter(d: usize, port: usize, ifaces: usize): void {
  const p = data(d);
  if (wireLen(d) < <u32>load<u16>(port, Port.MIN_FRAME)) return drop(d, Drop.RUNT);
  if (len(d) < <u32>ETH.LEN) return dropShort(d, ETH.LEN);
  if (be16(p + ETH.ETHERTYPE) == <u32>ETHERTYPE.FLOW_CONTROL) return macControl(d, port);
  if (isGroup(p + ETH.SRC)) return drop(d, Drop.SOURCE_MAC_GROUP);
  let iface = <usize>load<u32>(port, Port.IFACE), l3: u32 = ETH.LEN;
  if (isTag(be16(p + ETH.ETHERTYPE))) {
    if (len(d) < <u32>ETH.LEN + VLAN.LEN) return dropShort(d, ETH.LEN + VLAN.LEN);
    const tci = be16(p + ETH.ETHERTYPE + VLAN.TCI);
    store<u8>(d, tci >> VLAN_TCI.PCP_SHIFT, Packet.PRIO);
    l3 += VLAN.LEN;
    if (tci & VLAN_TCI.VID) {
      const second = isTag(be16(p + l3 - 2));
      if (second && len(d) < <u32>ETH.LEN + 2 * VLAN.LEN) return dropShort(d, ETH.LEN + 2 * VLAN.LEN);
      const found = tagged(<usize>load<u32>(port, Port.TAGS), p, second);
      if (found != MISS) {
        iface = ifaces + found * Iface.SIZEOF;
        if (load<u8>(iface, Iface.TAGS_POPPED) == 2) l3 += VLAN.LEN;
      } else if (iface && load<u8>(iface) == IfaceKind.L3 && load<u16>(iface, Iface.FLAGS) & IfaceFlag.PROMISCUOUS) {
        // A capture of somebody else's VLANs: look behind all tags.
        while (l3 + VLAN.LEN <= len(d) && isTag(be16(p + l3 - 2))) l3 += VLAN.LEN;
      } else if (!iface || load<u8>(iface) != IfaceKind.CROSS) iface = 0; // which takes all tags
    }
  }
  const qos = <usize>load<u32>(port, Port.QOS);
  if (qos) store<u8>(d, priority(d, qos), Packet.PRIO);
  if (!iface) return drop(d, Drop.VLAN_UNKNOWN);
  if (exceedsMtu(d, load<u16>(port, Port.MTU))) return drop(d, Drop.MTU_EXCEEDED);
  store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
  store<u32>(d, load<u32>(iface, Iface.DOMAIN), Packet.DOMAIN);
  if (load<u8>(iface) == IfaceKind.L3) return l3Input(d, iface, l3);
  if (load<u8>(iface) == IfaceKind.CROSS) return cross(d, iface);
  popTags(d, l3 - ETH.LEN);
  if (load<u8>(iface) != IfaceKind.SERVICE) return forward(d, BRIDGE_FORWARD);
  store<u32>(d, load<u32>(iface, Iface.RETURN), Packet.HIT);
  forward(d, SR_PROXY);
}

/** Flow control is for the port. */
function macControl(d: usize, port: usize): void {
  if (len(d) < <u32>ETH.LEN + PFC.LEN && wireLen(d) >= <u32>ETH_FRAME_MIN) dropShort(d, ETH.LEN + PFC.LEN);
  else if (countMacControl(data(d), wireLen(d), len(d), port + Port.MAC, load<u32>(port, Port.MAC_CONTROL))) consume(d);
  else drop(d, Drop.MAC_CONTROL);
}

/** Priority by the port's maps; PRIO is the PCP. Of what is not IP the PCP tells. */
function priority(d: usize, qos: usize): u32 {
  const ip = load<u8>(qos) == QosTrust.DSCP ? ipInFrame(d) : 0;
  return ip ? load<u8>(qos + (trafficClass(ip) >> DSCP_SHIFT), Qos.PRIO_BY_DSCP) : load<u8>(qos + load<u8>(d, Packet.PRIO), Qos.PRIO_BY_PCP);
}

/** The frame leaves by the other end of a cross-connect, with the tags that are not the interface's own. */
function cross(d: usize, iface: usize): void {
  popTags(d, <u32>load<u8>(iface, Iface.TAGS_POPPED) * VLAN.LEN);
  store<u16>(d, load<u16>(load<u32>(iface, Iface.PEER), Iface.INDEX), Packet.IFACE);
  forward(d, IFACE_OUTPUT);
}

/** Interface index for the tags of a frame, or MISS. */
function tagged(table: usize, p: usize, second: bool): u32 {
  if (!table) return MISS;
  if (second) {
    const both = tags_two(table, p);
    if (both != MISS) return both;
  }
  return tags_one(table, p);
}
