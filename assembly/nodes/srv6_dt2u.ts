// srv6_dt2u.ts -- node: a frame out of an SRv6 tunnel enters its bridge.
//
// RFC 8986 section 4.11 (End.DT2U). Learning, lookup and flooding of unknown
// destinations are the bridge's: the frame comes to it by the interface of the
// remote that the outer source names, so that MACs are learnt to be behind it.
//
//   in   | IPv6 SA=remote | ..., L4 bytes | Ethernet frame
//   out                                   | Ethernet frame
//
// cfg    Packet.HIT: Sid
// edges  1 bridge_forward
// sets   DATA, LEN, ORIG, L3, IFACE, FLOW, PRIO, FLAGS

import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { at, forward } from "../lib/packet";
import { uncoverFrame } from "../lib/srv6";
import { remoteOf } from "../tables/remotes";

const BRIDGE_FORWARD = 1;

export function srv6_dt2u(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), sid = <usize>load<u32>(d, Packet.HIT), from = remoteOf(sid, d);
    if (!uncoverFrame(d, sid)) continue;
    store<u16>(d, load<u16>(from, Iface.INDEX), Packet.IFACE);
    forward(d, BRIDGE_FORWARD);
  }
}
