// admit.ts -- everything that an interface asks of a packet, in its order.

import { Drop } from "../abi/drop";
import { Iface } from "../abi/port";
import { IfacePolicy } from "../abi/policy";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { be32, data, drop } from "../lib/packet";
import { ARP } from "../wire/arp";
import { conforms } from "./police";
import { permits } from "./security";
import { owns4, ownsSource } from "./source_guard";

/** IfacePolicy of an Iface by its index; 0: none. */
export function policyOf(sw: usize, iface: u32): usize {
  return <usize>load<u32>(ifaceOf(sw, iface), Iface.POLICY);
}

/** Iface by its index. */
export function ifaceOf(sw: usize, iface: u32): usize {
  return <usize>load<u32>(sw, Switch.IFACES) + <usize>iface * Iface.SIZEOF;
}

/** The IP packet at `l3` came in by its interface. Precondition: the fixed header is there. @returns false when it was dropped */
export function admits(sw: usize, d: usize, l3: u32): bool {
  const iface = <u32>load<u16>(d, Packet.IFACE), policy = policyOf(sw, iface);
  if (!policy) return true;
  if (load<u8>(policy, IfacePolicy.GUARD) && !ownsSource(sw, d, l3, policy, ifaceOf(sw, iface))) return false;
  if (load<u32>(policy, IfacePolicy.RX4) && !permits(sw, d, l3, policy, false, iface)) return false;
  const policer = <usize>load<u32>(policy, IfacePolicy.RX_POLICER);
  return !policer || conforms(d, l3, policer);
}

/** The IP packet at `l3` is about to leave by an interface with `policy`. @param from index of the one it came in by, or 0. @returns false when it was dropped */
export function releases(sw: usize, d: usize, l3: u32, policy: usize, from: u32): bool {
  if (load<u32>(policy, IfacePolicy.TX4) && !permits(sw, d, l3, policy, true, from)) return false;
  const policer = <usize>load<u32>(policy, IfacePolicy.TX_POLICER);
  return !policer || conforms(d, l3, policer);
}

/** The ARP packet at `l3`, all there, came in by an interface with a policy. A sender of 0.0.0.0 asks whether its address is free (RFC 5227). @returns false when it was dropped */
export function admitsArp(sw: usize, d: usize, l3: u32): bool {
  const iface = ifaceOf(sw, load<u16>(d, Packet.IFACE)), policy = <usize>load<u32>(iface, Iface.POLICY), sender = be32(data(d) + l3 + ARP.SPA);
  if (!load<u8>(policy, IfacePolicy.GUARD) || !sender || owns4(sw, policy, iface, sender)) return true;
  drop(d, Drop.SOURCE_GUARD);
  return false;
}
