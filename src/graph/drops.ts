// drops.ts -- every drop reason in words: what happened, what would let the
// packet pass, where the rule stands. tsc refuses a reason without a row.

import type { Drop } from '../../assembly/abi/drop.ts';

export interface Reason {
  /** What happened, one sentence without a full stop. */
  readonly sentence: string;
  /** What would let the packet pass. */
  readonly remedy: string;
  /** The rule: RFC or standard and section; "" where it is weft's own limit. */
  readonly source: string;
}

const r = (sentence: string, remedy: string, source = ''): Reason => ({ sentence, remedy, source });

export const DROPS: Readonly<Record<Exclude<keyof typeof Drop, 'NONE'>, Reason>> = {
  TRUNCATED: r('the frame ends inside a header', 'nothing on the switch: the sender or the capture made it so'),
  SNAP_CUT: r('the capture kept too few bytes of the packet to act on it', 'capture with a larger snaplen (tcpdump -s 0)'),
  OVERSIZE: r('the frame is longer than 65,535 bytes', 'capture with segmentation offload off (ethtool -K DEV tso off gso off gro off)'),
  NO_HEADROOM: r('the buffer has no room for the headers to push', 'push fewer labels or segments onto frames of this size'),
  NO_BUFFER: r('no packet buffer was free', 'flood to fewer members, or give weft more memory (--memory)'),
  LOOP: r('the packet passed the same switch or crossed links too often', 'look for a routing loop: weft explain shows the way it went'),
  RUNT: r('the frame is shorter than the port accepts', 'lower min_frame on the port (14 at least)', 'IEEE 802.3 3.2.8'),
  WRONG_MAC: r('the frame is addressed to another station', 'send it to the port\'s MAC, or set promiscuous: true on the port', 'RFC 1812 5.3.4'),
  SOURCE_MAC_GROUP: r('the source MAC is a group address', 'nothing on the switch: no station may send from a group address', 'IEEE 802.3 3.2.5'),
  UNKNOWN_ETHERTYPE: r('no protocol on this interface takes that ethertype', 'bridge the port instead, or filter such frames out'),
  LLC_FRAME: r('an 802.3 frame with LLC, not Ethernet II, came to a layer-3 interface', 'bridge the port instead, or filter such frames out', 'RFC 1812 3.3.3'),
  VLAN_UNKNOWN: r('no interface takes frames with these tags', 'add the VLAN to the port (vlans, trunk or access); of frames in VXLAN, set inner_vlan: true', 'IEEE 802.1Q 8.6.2'),
  MTU_EXCEEDED: r('the frame is larger than the MTU; captures taken on hosts hold frames larger than the wire\'s, made before segmentation offload', 'raise mtu on the port, or capture with offload off (ethtool -K DEV tso off gso off gro off)'),
  LINK_LOCAL_GROUP: r('the destination is a group that bridges never forward (01-80-C2-00-00-0X: STP, LACP, LLDP, PAUSE)', 'nothing: such frames end at the first bridge', 'IEEE 802.1Q table 8-1'),
  SAME_PORT: r('the destination is behind the interface the frame came from', 'nothing: the destination has the frame already', 'IEEE 802.1Q 8.6.1'),
  NO_MEMBER: r('the bridge has no other interface to flood to', 'add ports to the bridge'),
  SPLIT_HORIZON: r('both interfaces are in one split-horizon group', 'give one of them another horizon', 'RFC 4762 4.4'),
  STATIC_MAC_MOVED: r('a MAC configured on one interface was seen on another', 'correct the static entry of the bridge'),
  ARP_MALFORMED: r('the ARP packet is not Ethernet and IPv4, or contradicts itself', 'nothing on the switch: the sender made it so', 'RFC 826'),
  ARP_NOT_FOR_US: r('the ARP packet asks for or tells of an address that is not ours', 'give the interface that address if it should answer', 'RFC 826'),
  ND_MALFORMED: r('the neighbour discovery message fails its checks (hop limit 255, checksum, lengths, options)', 'nothing on the switch: the sender made it so', 'RFC 4861 7.1'),
  ND_NOT_FOR_US: r('the neighbour discovery message is for an address that is not ours', 'give the interface that address if it should answer', 'RFC 4861 7.2.3'),
  NEIGHBOR_UNRESOLVED: r('the MAC of the next hop is not known', 'add it under neighbors, or set unresolved: queue', 'RFC 1812 5.2.7.1'),
  NEIGHBOR_QUEUE_FULL: r('too many packets wait for the MAC of this next hop', 'add it under neighbors, or raise neighbor_queue', 'RFC 1812 3.3.2'),
  IP4_VERSION: r('the version field under the IPv4 ethertype is not 4', 'nothing on the switch: the sender made it so', 'RFC 1812 5.2.2'),
  IP4_HEADER_LENGTH: r('the IPv4 header length is below 20 or beyond the packet', 'nothing on the switch: the sender made it so', 'RFC 1812 5.2.2'),
  IP4_TOTAL_LENGTH: r('the IPv4 total length is below the header\'s or beyond the frame, or a fragment ends beyond 65,535 bytes', 'a capture of segmentation offload holds length 0: capture with offload off', 'RFC 1812 5.2.2'),
  IP4_CHECKSUM: r('the IPv4 header checksum is wrong', 'captures with checksum offload hold unfinished ones: repair them (tcprewrite --fixcsum)', 'RFC 1812 5.2.2'),
  MARTIAN_SOURCE: r('the source address may not be on any wire (loopback, unspecified, group, reserved); or the switch has no address of its own to answer from', 'loopback: true on the port takes 127/8 and ::1 (captures of lo), the rest no router takes; for answers give a port an address', 'RFC 1812 5.3.7'),
  MARTIAN_DESTINATION: r('the destination address may not be on any wire (loopback, unspecified, reserved)', 'loopback: true on the port takes 127/8 and ::1 (captures of lo); the rest no router takes', 'RFC 1812 5.3.7'),
  TTL_EXCEEDED: r('the TTL ran out here', 'send with a larger TTL, or look for a loop', 'RFC 1812 5.3.1'),
  NO_ROUTE: r('no route covers the destination', 'add a route, or a default route', 'RFC 1812 5.2.7.1'),
  BLACKHOLE: r('the route says to drop silently (action: blackhole)', 'change or remove the route'),
  UNREACHABLE: r('the route says that the destination is unreachable (action: unreachable or reject)', 'change or remove the route', 'RFC 1812 5.2.7.1'),
  PROHIBITED: r('the route says that the destination is prohibited (action: prohibit)', 'change or remove the route', 'RFC 1812 5.2.7.1'),
  FRAGMENTATION_NEEDED: r('the packet is larger than the next link\'s MTU and may not be fragmented', 'raise mtu there, or send smaller packets (path MTU discovery was told)', 'RFC 1191 4'),
  IP4_OPTION: r('an IPv4 option is malformed, or a source route was not permitted', 'send without the option', 'RFC 1812 5.3.13.4'),
  PROTOCOL_UNREACHABLE: r('the packet is for this switch, which does not speak that protocol', 'nothing: a router ends few protocols', 'RFC 1122 3.2.2.1'),
  PORT_UNREACHABLE: r('the packet is for this switch, where nothing listens on that port', 'configure the tunnel or service there', 'RFC 1122 3.2.2.1'),
  MULTICAST: r('the destination is a group or broadcast, and no group routing is configured', 'bridge the ports instead', 'RFC 1812 5.2.1.2'),
  ICMP_MALFORMED: r('the ICMP message for this switch is short or its checksum is wrong', 'nothing on the switch: the sender made it so', 'RFC 792'),
  IP6_VERSION: r('the version field under the IPv6 ethertype is not 6', 'nothing on the switch: the sender made it so', 'RFC 8200 3'),
  IP6_PAYLOAD_LENGTH: r('the IPv6 payload length is beyond the frame, or zero (jumbograms are not carried)', 'capture with segmentation offload off', 'RFC 8200 3'),
  HOP_LIMIT_EXCEEDED: r('the hop limit ran out here', 'send with a larger hop limit, or look for a loop', 'RFC 4443 3.3'),
  PACKET_TOO_BIG: r('the packet is larger than the next link\'s MTU', 'raise mtu there, or send smaller packets (path MTU discovery was told)', 'RFC 4443 3.2'),
  IP6_EXTENSION_HEADER: r('the chain of IPv6 extension headers is broken', 'nothing on the switch: the sender made it so', 'RFC 8200 4'),
  NEXT_HEADER_UNKNOWN: r('the packet is for this switch, which does not know that next header', 'nothing: a router ends few protocols', 'RFC 4443 3.4'),
  IP6_OPTION: r('an unknown option asks for the packet to be discarded', 'send without the option', 'RFC 8200 4.2'),
  SCOPE: r('a link-local address cannot leave its link', 'use a global address', 'RFC 4007 9'),
  GROUP_EMPTY: r('every member of the next-hop group is drained or down', 'give a member a weight above 0'),
  MPLS_DISABLED: r('MPLS is not enabled on the interface', 'add the interface under mpls: ports', 'RFC 3031 3.18'),
  MPLS_LABEL_UNKNOWN: r('no entry for the top label', 'add the label under mpls: labels', 'RFC 3031 3.18'),
  MPLS_TTL_EXCEEDED: r('the label\'s TTL ran out here', 'send with a larger TTL, or look for a loop', 'RFC 3032 2.4'),
  MPLS_LABEL_RESERVED: r('the top label is a special-purpose label that has no meaning here', 'nothing on the switch: the sender made it so', 'RFC 7274 3'),
  MPLS_NO_BOTTOM: r('the label stack ends without a bottom-of-stack bit', 'nothing on the switch: the sender made it so', 'RFC 3032 2.1'),
  MPLS_PAYLOAD: r('what is under the last label is neither what the label promises nor IP', 'check which label the sender pushes last', 'RFC 3032 2.2'),
  PW_CONTROL_WORD: r('the pseudowire packet has no control word, or lacks the one expected', 'set control_word to what the other end does', 'RFC 4385 3'),
  SID_UNKNOWN: r('the destination is in a local locator but no SID', 'add the SID under srv6: sids', 'RFC 8754 4.3.4'),
  SRH_MALFORMED: r('the segment routing header contradicts itself', 'nothing on the switch: the sender made it so', 'RFC 8754 2'),
  SRH_SEGMENTS_LEFT: r('segments left points beyond the segment list, or is not zero where the path must end', 'check the segment list at the headend', 'RFC 8754 4.3.1.1'),
  SRH_NOT_ALLOWED: r('a routing header with segments left came to an address that is no SID', 'make the address a SID, or send to a SID', 'RFC 8754 4.3.2'),
  UPPER_LAYER_NOT_ALLOWED: r('the SID does not accept what follows the IPv6 header', 'use the behaviour that fits the payload (DT4, DT6, DT46)', 'RFC 8986 4.1.1'),
  UDP_LENGTH: r('the UDP length is below 8 or beyond the packet', 'nothing on the switch: the sender made it so', 'RFC 768'),
  UDP_CHECKSUM: r('the UDP checksum is wrong', 'captures with checksum offload hold unfinished ones: repair them', 'RFC 768'),
  VXLAN_NO_VNI: r('the I flag of the VXLAN header is not set', 'nothing on the switch: the sender made it so', 'RFC 7348 5'),
  VXLAN_UNKNOWN_VNI: r('no bridge or VRF here has that VNI', 'add the VNI under vxlan', 'RFC 7348 4.1'),
  VXLAN_RESERVED: r('reserved bits of the VXLAN header are set, and strict: true forbids them', 'remove strict: the RFC has them ignored on receipt', 'RFC 7348 5'),
  VXLAN_UNKNOWN_PEER: r('the outer source is not a configured peer of the VNI', 'add it to remotes of the VNI', 'RFC 7348 7'),
  TUNNEL_NO_ROUTE: r('the tunnel has no usable remote end', 'add a remote, or a route to it'),
  FRAGMENT_LOCAL: r('a fragment for this switch; weft does not reassemble', 'send packets that fit, or raise the MTU on the way'),
  CONGESTION_UNTOLD: r('the tunnel\'s header is marked Congestion Experienced, and the packet inside has no ECN to say so with', 'let the senders use ECN, or end ECN marking in the underlay', 'RFC 6040 4.2'),
  PROXY_DOWN: r('the service behind the segment is down, and its proxy fails closed', 'bring the service up, or say on_failure: bypass', 'draft-ietf-spring-sr-service-programming'),
  PROXY_NO_CACHE: r('a packet came back from a service whose proxy has cached no headers for it, or headers too long to cache', 'send something through the service first; a service that changes addresses or ports cannot have flows', 'draft-ietf-spring-sr-service-programming'),
  PROXY_PAYLOAD: r('the packet is not of the kind that the proxy of the service takes', 'set inner to what the headend puts into the policy', 'draft-ietf-spring-sr-service-programming'),
  GROUP_FRAME: r('a packet for one host came in a layer-2 group frame', 'nothing on the switch: the sender made it so', 'RFC 1812 5.3.4'),
};
