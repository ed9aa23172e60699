// flow.ts -- the flow hash of a packet: what spreads flows over equal ways and
// keeps the packets of each in order.
//
// IPv4: 5-tuple. IPv6: 5-tuple and flow label (RFC 6438), behind extension
// headers. All fragments of a datagram go by addresses and protocol, since
// only the first has ports. inner.ts looks into tunnels.

import { FLOW_FIELDS, FlowField } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6, IP6_EXT, IP6_VCF } from "../wire/ip6";
import { BTH } from "../wire/roce";
import { UDP, UDP_PORT } from "../wire/udp";
import { extensionLength, isExtension } from "./ext6";
import { hash128, hash32, hashFlow4, hashFlow6 } from "./hash";
import { inner, TUNNELS_MAX } from "./inner";
import { be16, be32, data, len } from "./packet";

/** Extension headers passed on the way to the ports. */
const EXTENSIONS_MAX = 8;

/** Flow hash of the IPv4 or IPv6 packet at L3, made once and kept in FLOW. Precondition: its fixed header is there. */
export function flowIp(sw: usize, d: usize): u32 {
  const known = load<u32>(d, Packet.FLOW);
  if (known) return known;
  const flow = flowBy(sw, d, FLOW_FIELDS);
  store<u32>(d, flow, Packet.FLOW);
  return flow;
}

/** Flow hash of the IP packet in the Ethernet frame at DATA, else of its MACs and type; kept in FLOW. Precondition: a whole Ethernet header. */
export function flowFrame(sw: usize, d: usize): u32 {
  const known = load<u32>(d, Packet.FLOW);
  if (known) return known;
  const p = data(d), salt = load<u32>(sw, Switch.SEED), type = be16(p + ETH.ETHERTYPE);
  let flow: u32 = 0;
  if (type == <u32>ETHERTYPE.IPV4 || type == <u32>ETHERTYPE.IPV6) flow = flowAt(p + ETH.LEN, len(d) - ETH.LEN, FLOW_FIELDS, salt, 0);
  if (!flow) flow = notZero(hash128(load<u64>(p), <u64>load<u32>(p, 8) | (<u64>type << 32), salt));
  store<u32>(d, flow, Packet.FLOW);
  return flow;
}

/** Flow hash by FlowField bits of the IP packet at L3; never 0. FLOW is neither read nor set. */
export function flowBy(sw: usize, d: usize, fields: u32): u32 {
  const l3 = <u32>load<u16>(d, Packet.L3);
  return notZero(flowAt(data(d) + l3, len(d) - l3, fields, load<u32>(sw, Switch.SEED), 0));
}

/**
 * Flow hash of the IP packet in `end` bytes at `p`.
 * @param depth tunnels around it
 * @returns 0 when it is none
 */
export function flowAt(p: usize, end: u32, fields: u32, salt: u32, depth: u32): u32 {
  if (depth >= TUNNELS_MAX) return 0;
  if (end >= <u32>IP6.LEN && load<u8>(p) >> 4 == 6) return flow6(p, end, fields, salt, depth);
  return end >= <u32>IP4.LEN && load<u8>(p) >> 4 == 4 ? flow4(p, end, fields, salt, depth) : 0;
}

function flow4(p: usize, end: u32, fields: u32, salt: u32, depth: u32): u32 {
  const header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  const fragment = (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.OFFSET | IP4_FRAGMENT.MF))) != 0;
  const left = fragment || header > end ? 0 : end - header;
  if (fields & FlowField.INNER) {
    const within = inner(p + header, left, protocol, fields, salt, depth);
    if (within) return within;
  }
  const above = portsOf(p + header, left, protocol, fields), rest = protocolBits(p + header, left, protocol, fields);
  if ((fields & ADDRESSES) == ADDRESSES) return hashFlow4(p + IP4.SRC, above, rest, salt);
  const src = fields & FlowField.SRC ? <u64>load<u32>(p, IP4.SRC) : 0, dst = fields & FlowField.DST ? <u64>load<u32>(p, IP4.DST) << 32 : 0;
  return notZero(hash128(src | dst, <u64>above | (<u64>rest << 32), salt));
}

function flow6(p: usize, end: u32, fields: u32, salt: u32, depth: u32): u32 {
  let protocol = <u32>load<u8>(p, IP6.NEXT_HEADER), at: u32 = IP6.LEN, whole = true;
  for (let i = 0; i < EXTENSIONS_MAX && isExtension(protocol) && whole; i++) {
    // What follows a fragment header is not in every fragment: the flow ends here.
    if (protocol == <u32>IP_PROTOCOL.FRAGMENT || at + <u32>IP6_EXT.LEN > end) whole = false;
    else {
      const h = p + at;
      at += extensionLength(protocol, h);
      protocol = load<u8>(h, IP6_EXT.NEXT_HEADER);
    }
  }
  const left = whole && at < end ? end - at : 0;
  if (fields & FlowField.INNER) {
    const within = inner(p + at, left, protocol, fields, salt, depth);
    if (within) return within;
  }
  const above = portsOf(p + at, left, protocol, fields), rest = protocolBits(p + at, left, protocol, fields);
  let flow: u32;
  if ((fields & ADDRESSES) == ADDRESSES) flow = hashFlow6(p + IP6.SRC, above, rest, salt);
  else {
    const one = fields & ADDRESSES ? p + (fields & FlowField.SRC ? IP6.SRC : IP6.DST) : 0;
    const address = one ? hash128(load<u64>(one), load<u64>(one, 8), salt) : 0;
    flow = notZero(hash128(address, <u64>above | (<u64>rest << 32), salt));
  }
  const label = fields & FlowField.LABEL ? be32(p + IP6.VERSION_CLASS_FLOW) & IP6_VCF.FLOW : 0;
  return label ? notZero(hash32(flow ^ label, salt)) : flow;
}

const ADDRESSES: u32 = FlowField.SRC | FlowField.DST;

/** Both ports as loaded, those left out zero; 0 where there are none. @param left bytes of the transport header that can be read */
function portsOf(l4: usize, left: u32, protocol: u32, fields: u32): u32 {
  if (left < 4 || !hasPorts(protocol)) return 0;
  return load<u32>(l4) & ((fields & FlowField.SPORT ? 0xffff : 0) | (fields & FlowField.DPORT ? 0xffff0000 : 0));
}

/** Protocol, and the queue pair above it. */
function protocolBits(l4: usize, left: u32, protocol: u32, fields: u32): u32 {
  const shown = fields & FlowField.PROTO ? protocol : 0;
  if (!(fields & FlowField.QP) || protocol != <u32>IP_PROTOCOL.UDP || left < <u32>UDP.LEN + BTH.LEN) return shown;
  if (be16(l4 + UDP.DST_PORT) != <u32>UDP_PORT.ROCE_V2) return shown;
  return shown | (be32(l4 + UDP.LEN + BTH.DEST_QP - 1) << 8);
}

/** Whether a protocol begins with a source and a destination port. */
export function hasPorts(protocol: u32): bool {
  return protocol == <u32>IP_PROTOCOL.TCP || protocol == <u32>IP_PROTOCOL.UDP || protocol == <u32>IP_PROTOCOL.SCTP || protocol == <u32>IP_PROTOCOL.UDP_LITE;
}

function notZero(h: u32): u32 {
  return h + u32(h == 0);
}
