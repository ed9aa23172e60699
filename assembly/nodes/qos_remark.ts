// qos_remark.ts -- node: a frame that leaves gets DSCP and PCP by its priority.
//
// RFC 2474 section 3 (DSCP; its two neighbours, ECN, are kept), IEEE 802.1Q
// clause 6.9.4 (PCP of the outermost tag; untagged frames stay so). Ports say
// for which priorities; others leave as they are.
//
//   in / out  the frame; IP header and tag with other code points
//
// cfg    Port.QOS: Qos; in the graph only where a port has qos or ecn
// edges  1 ecn_mark
// sets   nothing

import { Packet } from "../abi/packet";
import { Port } from "../abi/port";
import { Qos, QosFlag, QOS_KEEP } from "../abi/qos";
import { Switch } from "../abi/switch";
import { ipInFrame, setTrafficClass } from "../lib/ecn";
import { at, be16, data, forward, len } from "../lib/packet";
import { isTag } from "../lib/vlan";
import { ETH } from "../wire/ethernet";
import { DSCP_SHIFT, ECN } from "../wire/ip";
import { VLAN, VLAN_TCI } from "../wire/vlan";

const ECN_MARK = 1;

/** Place of a PCP in the first octet of a TCI. */
const PCP_SHIFT: u32 = VLAN_TCI.PCP_SHIFT - 8, PCP_BITS: u32 = 7 << PCP_SHIFT;
/** The DSCP in a TOS or traffic class. */
const DSCP_BITS: u32 = 0xff & ~ECN.MASK;

export function qos_remark(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), qos = <usize>load<u32>(ports + <u32>load<u16>(d, Packet.TX_PORT) * Port.SIZEOF, Port.QOS);
    if (qos) remark(d, qos, load<u8>(qos, Qos.FLAGS));
    forward(d, ECN_MARK);
  }
}

function remark(d: usize, qos: usize, flags: u32): void {
  const prio = <usize>load<u8>(d, Packet.PRIO), dscp = <u32>load<u8>(qos + prio, Qos.DSCP_BY_PRIO), pcp = <u32>load<u8>(qos + prio, Qos.PCP_BY_PRIO);
  const ip = flags & QosFlag.REMARK_DSCP && dscp != <u32>QOS_KEEP ? ipInFrame(d) : 0;
  if (ip) setTrafficClass(ip, dscp << DSCP_SHIFT, DSCP_BITS);
  if (!(flags & QosFlag.REMARK_PCP) || pcp == <u32>QOS_KEEP || len(d) < <u32>ETH.LEN + VLAN.LEN || !isTag(be16(data(d) + ETH.ETHERTYPE))) return;
  const tci = data(d) + ETH.ETHERTYPE + VLAN.TCI;
  store<u8>(tci, (load<u8>(tci) & ~PCP_BITS) | (pcp << PCP_SHIFT));
}
