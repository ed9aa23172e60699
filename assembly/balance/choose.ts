// choose.ts -- which member of its group a packet takes: the body of ip4_group
// and ip6_group.

import { FLOW_FIELDS, Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { flowBy, flowIp } from "../lib/flow";
import { wireLen } from "../lib/packet";
import { group_get, MISS } from "./group";

/**
 * The hop that the flow of a packet at a GROUP hop goes to, the packet counted
 * there (bytes of layer 3). @returns 0 when all members are drained
 */
export function chooseMember(sw: usize, d: usize): usize {
  const hop = <usize>load<u32>(d, Packet.HIT), fields = <u32>load<u8>(hop, Hop.CODE);
  return choose(hop, fields == <u32>FLOW_FIELDS ? flowIp(sw, d) : flowBy(sw, d, fields), wireLen(d) - load<u16>(d, Packet.L3));
}

/** The hop that a flow takes at a GROUP hop, a packet of `bytes` counted there. @returns 0 when all members are drained */
export function choose(hop: usize, flow: u32, bytes: u32): usize {
  const member = group_get(load<u32>(hop, Hop.AUX), flow);
  if (member == MISS) return 0;
  store<u64>(member, load<u64>(member, Hop.PACKETS) + 1, Hop.PACKETS);
  store<u64>(member, load<u64>(member, Hop.BYTES) + bytes, Hop.BYTES);
  return member;
}
