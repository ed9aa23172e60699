// srv6_encaps_l2.ts -- node: an Ethernet frame enters an SRv6 policy.
//
// RFC 8986 sections 5.3 (H.Encaps.L2) and 5.4 (H.Encaps.L2.Red): the frame as
// it is, without preamble and FCS, behind Next Header 143. DSCP and ECN of the
// outer header come from the IP packet in the frame, if there is one and the
// switch file does not say otherwise; so does the flow label's hash. What does
// not fit is dropped: a frame has nobody to answer to.
//
//   in   | Ethernet frame
//   out  | IPv6 DA=segment 1 | [SRH] | Ethernet frame
//
// cfg    Packet.HIT: SRV6_ENCAPS Hop, or a GROUP of them; AUX: Srv6Policy; VIA: next hop or 0; MTU: of the frame
// edges  1 ip6_lookup, 2 ip6_rewrite, 3 ip6_glean (VIA)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS; HIT (the member, VIA)

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { FLOW_LABEL_COPY, FLOW_LABEL_HASH, Srv6Policy } from "../abi/srv6";
import { Switch } from "../abi/switch";
import { choose } from "../balance/choose";
import { ipInFrame, trafficClass } from "../lib/ecn";
import { flowFrame } from "../lib/flow";
import { at, be32, drop, forward, wireLen } from "../lib/packet";
import { hashLabel, outerClass, pushOuter } from "../lib/srv6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6_VCF } from "../wire/ip6";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3;

/** Outer hop limit where it is to be that of the inner packet: a frame has none. */
const HOP_LIMIT: u32 = 64;

export function srv6_encaps_l2(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), found = <usize>load<u32>(d, Packet.HIT);
    const hop = load<u8>(found) == HopKind.GROUP ? choose(found, flowFrame(sw, d), wireLen(d)) : found;
    const policy = <usize>load<u32>(hop, Hop.AUX);
    if (!policy) {
      drop(d, Drop.TUNNEL_NO_ROUTE);
      continue;
    }
    store<u32>(d, <u32>hop, Packet.HIT);
    if (wireLen(d) > <u32>load<u16>(hop, Hop.MTU)) {
      drop(d, Drop.MTU_EXCEEDED);
      continue;
    }
    if (!encapsulate(sw, d, policy)) continue;
    const via = <usize>load<u32>(hop, Hop.VIA);
    if (!via) {
      forward(d, IP6_LOOKUP);
      continue;
    }
    store<u32>(d, <u32>via, Packet.HIT);
    forward(d, load<u8>(via) == HopKind.GLEAN ? IP6_GLEAN : IP6_REWRITE);
  }
}

/** Put the outer headers in front. @returns false when the packet was dropped */
function encapsulate(sw: usize, d: usize, policy: usize): bool {
  const ip = ipInFrame(d), set = load<u32>(policy, Srv6Policy.FLOW_LABEL), limit = <u32>load<u8>(policy, Srv6Policy.HOP_LIMIT);
  let label = set;
  if (set == FLOW_LABEL_COPY) label = ip && load<u8>(ip) >> 4 == 6 ? be32(ip) & IP6_VCF.FLOW : 0;
  else if (set == FLOW_LABEL_HASH) label = hashLabel(flowFrame(sw, d));
  return pushOuter(load<u32>(sw, Switch.POOL), d, policy, outerClass(policy, trafficClass(ip)), label, limit ? limit : HOP_LIMIT, IP_PROTOCOL.ETHERNET);
}
