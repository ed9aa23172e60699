// bier_encap.ts -- node: an IP packet enters the BIER domain here (BFIR).
//
// RFC 8279 section 3 (the receivers are a set of bits; one packet for each set
// identifier they are in) and 6.5 (the packet is then forwarded as any other),
// RFC 8296 section 2.1.2 (entropy: the same for all packets of a flow). Routing
// the IP packet took one off its TTL before it enters. The packet itself has
// the first set identifier and copies have the others, all or none.
//
//   in   | anything, L3 bytes                | IP packet
//   out  | anything | BIER header | bit string | IP packet
//
// cfg    Packet.HIT: Hop, its AUX: BierGroup
// edges  1 bier_forward, 2 ip4_lookup, 3 ip6_lookup (ICMP), 4 ip4_fragment
//        (too long, may be cut; TTL done)
// sets   DATA, LEN, ORIG, L3, FLOW, FLAGS.ORIGINATED; HIT: Bift

import { BierGroup } from "../abi/bier";
import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { copyFrame } from "../lib/copy";
import { trafficClass } from "../lib/ecn";
import { emit, starved, wait } from "../lib/emit";
import { flowIp } from "../lib/flow";
import { raise } from "../lib/mpls";
import { at, be16, be32, data, drop, forward, len, put16, put32, wireLen } from "../lib/packet";
import { available, clone } from "../lib/pool";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { BIER, BIER_PROTO, BIER_PROTO_WORD } from "../wire/bier";
import { DSCP_SHIFT } from "../wire/ip";
import { MPLS_ENTRY } from "../wire/mpls";

const BIER_FORWARD = 1, ICMP4 = 2, ICMP6 = 3, FRAGMENT = 4;
/** Bits of a flow hash that are not in the entropy. */
const ENTROPY_SHIFT: u32 = 32 - 20;

export function bier_encap(vec: usize, n: u32, sw: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), group = <usize>load<u32>(hop, Hop.AUX), copies = <u32>load<u8>(group, BierGroup.COUNT) - 1;
    if (available(pool, len(d)) < copies) {
      if (!starved(sw)) return wait(sw, i);
      drop(d, Drop.NO_BUFFER);
      store<u32>(sw, 0, Switch.STARVED); // this one was too many; the next may fit
      continue;
    }
    if (!step(sw, d, load<u16>(hop, Hop.MTU))) continue;
    const flow = flowIp(sw, d);
    for (let c: u32 = 1; c <= copies; c++) {
      const copy = clone(pool, d);
      impose(copy, hop, group, c, flow);
      emit(sw, copy, load<u8>(copy, Packet.EDGE));
    }
    impose(d, hop, group, 0, flow);
  }
}

/** The forwarding step of the IP packet. @returns false when it goes elsewhere */
function step(sw: usize, d: usize, mtu: u32): bool {
  const l3 = <u32>load<u16>(d, Packet.L3);
  if (load<u8>(data(d) + l3) >> 4 == 6) return hop6(sw, d, mtu, ICMP6) && source6(sw, d, 0);
  if (!hop4(sw, d, mtu, ICMP4) || !source4(sw, d, 0)) return false;
  if (wireLen(d) - l3 <= mtu) return true;
  forward(d, FRAGMENT);
  return false;
}

/** Put header number `index` of the group in front. */
function impose(d: usize, hop: usize, group: usize, index: u32, flow: u32): void {
  const ip = data(d) + <usize>load<u16>(d, Packet.L3), six = load<u8>(ip) >> 4 == 6, dscp = trafficClass(ip) >> DSCP_SHIFT;
  const size = <u32>load<u16>(group, BierGroup.LENGTH), packet = group + BierGroup.PACKETS + (<usize>index << 3);
  if (!raise(d, size)) return;
  const p = data(d) + <usize>load<u16>(d, Packet.L3);
  copyFrame(p, load<u32>(packet, 4), size);
  // What the precedence is to a label, the DSCP is without MPLS.
  put32(p, be32(p) | (dscp >> 3 << MPLS_ENTRY.TC_SHIFT));
  put32(p + BIER.FORM, be32(p + BIER.FORM) | (flow >> ENTROPY_SHIFT));
  put16(p + BIER.PROTO, be16(p + BIER.PROTO) | (dscp << BIER_PROTO_WORD.DSCP_SHIFT) | (six ? BIER_PROTO.IPV6 : BIER_PROTO.IPV4));
  store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.ORIGINATED, Packet.FLAGS);
  store<u64>(hop, load<u64>(hop, Hop.PACKETS) + 1, Hop.PACKETS);
  store<u64>(hop, load<u64>(hop, Hop.BYTES) + wireLen(d) - load<u16>(d, Packet.L3), Hop.BYTES);
  store<u32>(d, load<u32>(packet), Packet.HIT);
  forward(d, BIER_FORWARD);
}
