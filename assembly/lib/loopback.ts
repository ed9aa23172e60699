// loopback.ts -- whether loopback addresses are taken from an interface.
//
// No router takes them (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3);
// captures of a loopback interface hold nothing else.

import { Packet } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { Switch } from "../abi/switch";

/** Whether the packet's interface is set to take 127/8 and ::1. */
export function takesLoopback(sw: usize, d: usize): bool {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
  return (load<u16>(iface, Iface.FLAGS) & IfaceFlag.LOOPBACK) != 0;
}
