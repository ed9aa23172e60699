// lb4.ts -- node: a packet for a virtual address goes to one of the real
// servers behind it, which answers the client itself (direct server return).
//
// Maglev (NSDI 2016, section 3.4) chooses by the flow, so that all load
// balancers with the same reals choose alike. Stateless, that is all; else the
// flow stays with its real until it is silent for long, however the table
// changes (section 3.2 there), and a real that drains keeps the flows it has.
// Later fragments have no ports: of a datagram that was cut, all go by
// addresses and protocol, as lib/flow_key has it.
//
//   in    IPv4 | TCP, UDP                destination: the VIP
//   out   DIRECT  unchanged, HIT is the way to the real
//         IPIP    IPv4 | IPv4 | TCP, UDP (RFC 2003)
//
// cfg    Switch.LB: tables/exact64 of (VRF, protocol, address, port) -> LbService
// edges  1 ip4_lookup, 2 ip4_rewrite, 3 ip4_glean, 4 ip4_lookup (ICMP)
// sets   HIT (DIRECT); IPIP: DATA, LEN, ORIG, L3, L4, FLOW, FLAGS.ORIGINATED

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { LbFlow, LbMode, LbReal, LbService } from "../abi/lb";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { checksum } from "../lib/checksum";
import { flowKey, flowKeyHash, FlowSeen, Tuple } from "../lib/flow_key";
import { at, be16, data, drop, forward, len, prepend, put16, strip, wireLen } from "../lib/packet";
import { tcpFlowIdle, tcpFlowRestarts, tcpFlowStep } from "../lib/tcp_flow";
import { hop4 } from "../originate/hop4";
import { exact64_get, MISS } from "../tables/exact64";
import { FlowEntry, flows_add, flows_del, flows_get, flows_hash } from "../tables/flow_table";
import { maglev_get } from "../tables/maglev";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";

const IP4_LOOKUP = 1, IP4_REWRITE = 2, IP4_GLEAN = 3, ICMP = 4;
/** TTL of the outer header, and its TOS byte: that of the packet inside (RFC 2003 section 3.1). */
const TTL: u8 = 64;

export function lb4(vec: usize, n: u32, sw: usize): void {
  const services = <usize>load<u32>(sw, Switch.LB), key = <usize>load<u32>(sw, Switch.SCRATCH);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), service = serviceOf(services, d);
    if (service == MISS) {
      forward(d, IP4_LOOKUP);
      continue;
    }
    const real = realOf(service, d, key);
    if (!real) {
      store<u32>(d, service, Packet.HIT);
      drop(d, Drop.GROUP_EMPTY);
      continue;
    }
    store<u64>(real, load<u64>(real, LbReal.PACKETS) + 1, LbReal.PACKETS);
    store<u64>(real, load<u64>(real, LbReal.BYTES) + wireLen(d) - <u32>load<u16>(d, Packet.L3), LbReal.BYTES);
    if (load<u8>(real) == LbMode.IPIP) tunnel(sw, d, real);
    else {
      const hop = load<u32>(real, LbReal.HOP);
      store<u32>(d, hop, Packet.HIT);
      forward(d, load<u8>(hop, Hop.KIND) == HopKind.GLEAN ? IP4_GLEAN : IP4_REWRITE);
    }
  }
}

/** The service that a packet is for, or MISS; a fragment belongs to the service of its address whose port is 0. */
function serviceOf(services: usize, d: usize): u32 {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), t = <u32>load<u16>(d, Packet.L4), protocol = <u64>load<u8>(p, IP4.PROTOCOL);
  const fragment = (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.OFFSET | IP4_FRAGMENT.MF))) != 0;
  const address = (<u64>load<u32>(d, Packet.DOMAIN) << 56) | (protocol << 48) | (<u64>load<u32>(p, IP4.DST) << 16);
  if (fragment || t + 4 > len(d)) return exact64_get(services, address);
  const found = exact64_get(services, address | <u64>be16(data(d) + t + 2));
  return found == MISS ? exact64_get(services, address) : found;
}

/** LbReal of the packet's flow, 0 when none takes it. */
function realOf(service: u32, d: usize, key: usize): usize {
  const l3 = <u32>load<u16>(d, Packet.L3), seen = flowKey(data(d) + l3, len(d) - l3, key, Tuple.PORTS, load<u32>(service, LbService.NUMBER)), hash = flowKeyHash(key);
  const flows = <usize>load<u32>(service, LbService.FLOWS), now = load<i64>(d, Packet.TIME);
  if (!flows) return choose(service, hash);
  const slot = flows_hash(flows, key, hash), flags = (seen >> FlowSeen.FLAGS_SHIFT) & 0xff, reverse = (seen & FlowSeen.REVERSE) != 0, tcp = (seen & FlowSeen.TCP) != 0;
  let flow = flows_get(flows, key, slot, now);
  if (flow && tcp && tcpFlowRestarts(load<u8>(flow, LbFlow.STATE), flags)) {
    flows_del(flows, flow);
    flow = 0;
  }
  if (!flow) {
    const real = choose(service, hash);
    if (!real) return 0;
    flow = flows_add(flows, key, slot, now, now + 1);
    store<u32>(flow, <u32>real, LbFlow.REAL);
    store<u64>(real, load<u64>(real, LbReal.FLOWS) + 1, LbReal.FLOWS);
  }
  // Only the client's half passes here: what it says of the connection is all there is.
  const state = tcp ? tcpFlowStep(load<u8>(flow, LbFlow.STATE), flags, reverse) : 0;
  store<u8>(flow, state, LbFlow.STATE);
  store<i64>(flow, now + (tcp ? closing(state) ? tcpFlowIdle(state | BOTH_FIN, load<i64>(service, LbService.TCP)) : load<i64>(service, LbService.TCP) : load<i64>(service, LbService.UDP)), FlowEntry.EXPIRES);
  return <usize>load<u32>(flow, LbFlow.REAL);
}

/** FIN of either end, RST (TcpFlow bits). */
const BOTH_FIN: u32 = 12, RESET: u32 = 16;

function closing(state: u32): bool {
  return (state & (BOTH_FIN | RESET)) != 0;
}

function choose(service: u32, hash: u32): usize {
  const i = maglev_get(load<u32>(service, LbService.MAGLEV), hash);
  return i == MISS ? 0 : <usize>load<u32>(service, LbService.REALS) + <usize>i * LbReal.SIZEOF;
}

/** Put the packet into another for the real. The TTL inside is done one step first (RFC 2003 section 3.1). */
function tunnel(sw: usize, d: usize, real: usize): void {
  if (!hop4(sw, d, 0xffff, ICMP)) return;
  const inner = data(d) + <usize>load<u16>(d, Packet.L3), tos = load<u8>(inner, IP4.TOS), df = load<u16>(inner, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>IP4_FRAGMENT.DF);
  strip(d, load<u16>(d, Packet.L3));
  if (!prepend(d, IP4.LEN)) return drop(d, Drop.NO_HEADROOM);
  const p = data(d);
  store<u64>(p, 0);
  store<u64>(p, 0, 8);
  store<u8>(p, IP4_VERSION_IHL_PLAIN);
  store<u8>(p, tos, IP4.TOS);
  put16(p + IP4.TOTAL_LENGTH, wireLen(d));
  store<u16>(p, df, IP4.FLAGS_OFFSET);
  store<u8>(p, TTL, IP4.TTL);
  store<u8>(p, IP_PROTOCOL.IPIP, IP4.PROTOCOL);
  store<u32>(p, load<u32>(real, LbReal.SOURCE), IP4.SRC);
  store<u32>(p, load<u32>(real, LbReal.ADDRESS), IP4.DST);
  store<u16>(p, <u16>checksum(p, IP4.LEN), IP4.CHECKSUM);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, IP4.LEN, Packet.L4);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | PacketFlag.ORIGINATED, Packet.FLAGS);
  forward(d, IP4_LOOKUP);
}
