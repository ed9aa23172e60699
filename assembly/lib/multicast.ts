// multicast.ts -- which groups are routed, and from where.

import { Packet } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { Switch } from "../abi/switch";

/** Scope of an IPv6 group that is not for one link or node (RFC 4291 section 2.7). */
const LINK_SCOPE: u32 = 2;

/** Whether a VRF with routes to groups is behind the packet's interface. */
function routesGroups(sw: usize, d: usize): bool {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
  return (load<u16>(iface, Iface.FLAGS) & IfaceFlag.MULTICAST) != 0;
}

/** Whether a packet to the IPv4 group at `dst` is looked up: no router passes on 224.0.0.0/24 (RFC 5771 section 4). */
export function takesGroup4(sw: usize, d: usize, dst: usize): bool {
  return (load<u32>(dst) & 0xffffff) != 0xe0 && routesGroups(sw, d);
}

/** The same for the IPv6 group at `dst`: no router passes on what is of one link (RFC 4291 section 2.7). */
export function takesGroup6(sw: usize, d: usize, dst: usize): bool {
  return (<u32>load<u8>(dst, 1) & 15) > LINK_SCOPE && routesGroups(sw, d);
}
