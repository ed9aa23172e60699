// admit.ts -- everything that an interface asks of a packet, in its order.

import { Iface } from "../abi/port";
import { IfacePolicy } from "../abi/policy";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { permits } from "./security";

/** IfacePolicy of an Iface by its index; 0: none. */
export function policyOf(sw: usize, iface: u32): usize {
  return <usize>load<u32>(load<u32>(sw, Switch.IFACES) + iface * Iface.SIZEOF, Iface.POLICY);
}

/** The IP packet at `l3` came in by its interface. Precondition: the fixed header is there. @returns false when it was dropped */
export function admits(sw: usize, d: usize, l3: u32): bool {
  const iface = <u32>load<u16>(d, Packet.IFACE), policy = policyOf(sw, iface);
  if (!policy) return true;
  return !load<u32>(policy, IfacePolicy.RX4) || permits(sw, d, l3, policy, false, iface);
}

/** The IP packet at `l3` is about to leave by an interface with `policy`. @param from index of the one it came in by, or 0. @returns false when it was dropped */
export function releases(sw: usize, d: usize, l3: u32, policy: usize, from: u32): bool {
  return !load<u32>(policy, IfacePolicy.TX4) || permits(sw, d, l3, policy, true, from);
}
