// layers.ts -- how each layer of a description becomes bytes.

import { ARP_HRD_ETHERNET, ARP_OP } from '../../../assembly/wire/arp.ts';
import { BIER, BIER_NIBBLE, BIER_PROTO } from '../../../assembly/wire/bier.ts';
import { ETH, ETH_FRAME_MIN, ETHERTYPE } from '../../../assembly/wire/ethernet.ts';
import { ICMP4, ICMP4_TYPE } from '../../../assembly/wire/icmp4.ts';
import { ICMP6, ICMP6_TYPE } from '../../../assembly/wire/icmp6.ts';
import { DSCP_SHIFT, IP_PROTOCOL } from '../../../assembly/wire/ip.ts';
import { IP4 } from '../../../assembly/wire/ip4.ts';
import { MAC_CONTROL_OPCODE, PAUSE, PFC } from '../../../assembly/wire/mac_control.ts';
import { MPLS_LABEL } from '../../../assembly/wire/mpls.ts';
import { AETH_SYNDROME, BTH_OPCODE, CNP_RESERVED, ICRC_LEN, P_KEY_DEFAULT } from '../../../assembly/wire/roce.ts';
import { SRH, SRH_ROUTING_TYPE } from '../../../assembly/wire/srh.ts';
import { TCP, TCP_FLAG } from '../../../assembly/wire/tcp.ts';
import { UDP, UDP_PORT } from '../../../assembly/wire/udp.ts';
import { VXLAN_FLAG } from '../../../assembly/wire/vxlan.ts';
import { arp } from '../arp.ts';
import { bier } from '../bier.ts';
import { checksum, pseudoSum } from '../checksum.ts';
import { ethernet } from '../ethernet.ts';
import { icrc } from '../icrc.ts';
import { icmp4 } from '../icmp4.ts';
import { icmp6 } from '../icmp6.ts';
import { ip4 } from '../ip4.ts';
import { ip6 } from '../ip6.ts';
import { pause, pfc } from '../mac_control.ts';
import { mpls } from '../mpls.ts';
import { aeth, atomicAckEth, atomicEth, bth, deth, ieth, immDt, reth } from '../roce.ts';
import { srh } from '../srh.ts';
import { tcp } from '../tcp.ts';
import { udp } from '../udp.ts';
import { vlan } from '../vlan.ts';
import { vxlan } from '../vxlan.ts';
import { hexOctets, ip4 as ip4Address, ip6 as ip6Address, ip6List, mac, oneOf, type Reader, tcpFlags, uint, uint64, type Value } from './values.ts';

/** A layer of the packet: its kind and the fields that were written. */
export class Given {
  constructor(readonly kind: LayerKind, private readonly fields: ReadonlyMap<string, Value>) {}

  has(name: string): boolean { return this.fields.has(name); }
  number(name: string, otherwise: number): number { return this.fields.get(name) as number ?? otherwise; }
  octets(name: string, otherwise: Uint8Array): Uint8Array { return this.fields.get(name) as Uint8Array ?? otherwise; }
  list(name: string): readonly Uint8Array[] { return this.fields.get(name) as Uint8Array[] ?? []; }
}

/** Where a layer stands in its packet. */
export interface Place {
  readonly inner: Given | undefined;
  /** All that the layer carries. */
  readonly payload: Uint8Array;
  /** Of the IP header around the layer; the final destination behind an SRH. */
  readonly addresses: Addresses | undefined;
  /** Layers outside this one, outermost first. */
  readonly around: readonly Given[];
  readonly macs: Macs;
}

export interface Addresses { readonly src: Uint8Array; readonly dst: Uint8Array }

/** MAC addresses of Ethernet layers that state none. */
export interface Macs { readonly src: Uint8Array; readonly dst: Uint8Array }

export interface LayerKind {
  readonly fields: Readonly<Record<string, Reader>>;
  /** Numbers by which a layer around this one announces it. */
  readonly ethertype?: number | ((g: Given) => number);
  readonly protocol?: number;
  readonly port?: number;
  readonly bier?: number;
  /** BTH_OPCODE of a packet whose first extended header it is. */
  readonly opcode?: number;
  /** What it tells the layers inside. */
  addresses?(g: Given, inner: Given | undefined): Addresses;
  /** Header and payload. */
  emit(g: Given, p: Place): Uint8Array;
}

/** What a MAC control frame carries, padded: a shortest frame without its Ethernet header. */
const MAC_CONTROL_BYTES = ETH_FRAME_MIN - ETH.LEN;

const ZERO8 = new Uint8Array(8), ZERO_MAC = new Uint8Array(6), ZERO4 = new Uint8Array(4), ZERO6 = new Uint8Array(16);

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Type field for what a layer carries; data goes by a number set aside for experiments. */
function ethertype(g: Given, p: Place): number {
  const own = p.inner?.kind.ethertype;
  return g.number('type', typeof own === 'function' ? own(p.inner!) : own ?? ETHERTYPE.EXPERIMENTAL_1);
}

function protocol(g: Given, p: Place, field: string): number {
  return g.number(field, p.inner ? p.inner.kind.protocol ?? IP_PROTOCOL.EXPERIMENTAL_1 : IP_PROTOCOL.NO_NEXT);
}

/** `bytes` with the checksum at `at`: as given, else computed from `sum` on; in place. */
function withChecksum(g: Given, bytes: Uint8Array, at: number, sum = 0): Uint8Array {
  const value = g.number('checksum', checksum(bytes, sum));
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
  return bytes;
}

/** The same over the pseudo-header; without an IP header around, 0. */
function withTransportChecksum(g: Given, p: Place, bytes: Uint8Array, at: number, number: IP_PROTOCOL): Uint8Array {
  if (!p.addresses) return bytes;
  return withChecksum(g, bytes, at, pseudoSum(p.addresses.src, p.addresses.dst, number, bytes.length));
}

/** Segment List[left]; the path is written in order of travel, the list is in reverse. */
function segment(g: Given, left: number): Uint8Array | undefined {
  const path = g.list('path');
  return path[path.length - 1 - left];
}

function segmentsLeft(g: Given): number {
  return g.number('segleft', Math.max(0, g.list('path').length - 1));
}

const uint32 = (v: number): Uint8Array => Uint8Array.of(v >>> 24, v >>> 16, v >>> 8, v);

/** ICRC of a BTH and all behind it, `bytes`, inside UDP inside IP; 0 elsewhere. */
function icrcOf(g: Given, { around, macs }: Place, bytes: Uint8Array): Uint8Array {
  const [ip, udp] = around.slice(-2);
  if (!ip || !udp || udp.kind !== LAYERS['udp'] || (ip.kind !== LAYERS['ip'] && ip.kind !== LAYERS['ipv6'])) return new Uint8Array(ICRC_LEN);
  // The addresses are left away: the UDP checksum they are for does not count.
  const datagram = udp.kind.emit(udp, { inner: g, payload: bytes, addresses: undefined, around: [], macs });
  return icrc(ip.kind.emit(ip, { inner: udp, payload: datagram, addresses: undefined, around: [], macs }).subarray(0, -ICRC_LEN));
}

export const LAYERS: Readonly<Record<string, LayerKind>> = {
  eth: {
    fields: { dst: mac, src: mac, type: uint(16) },
    ethertype: ETHERTYPE.TEB, protocol: IP_PROTOCOL.ETHERNET, bier: BIER_PROTO.ETHERNET,
    emit: (g, p) => join(ethernet.emit({ dst: g.octets('dst', p.macs.dst), src: g.octets('src', p.macs.src), ethertype: ethertype(g, p) }), p.payload),
  },
  vlan: {
    fields: { id: uint(12), priority: uint(3), dei: uint(1), tpid: uint(16), type: uint(16) },
    ethertype: g => g.number('tpid', ETHERTYPE.VLAN),
    emit(g, p) { // the TPID stands in the header before; the type behind the tag is part of it
      const tag = vlan.emit({ pcp: g.number('priority', 0), dei: g.number('dei', 0), vid: g.number('id', 0) });
      const type = ethertype(g, p);
      return join(tag.subarray(2), Uint8Array.of(type >> 8, type), p.payload);
    },
  },
  arp: {
    fields: { op: oneOf({ request: ARP_OP.REQUEST, reply: ARP_OP.REPLY }, 16), sha: mac, spa: ip4Address, tha: mac, tpa: ip4Address },
    ethertype: ETHERTYPE.ARP,
    emit: (g, p) => join(arp.emit({
      hrd: ARP_HRD_ETHERNET, pro: ETHERTYPE.IPV4, hln: 6, pln: 4, op: g.number('op', ARP_OP.REQUEST),
      sha: g.octets('sha', p.macs.src), spa: g.octets('spa', ZERO4), tha: g.octets('tha', ZERO_MAC), tpa: g.octets('tpa', ZERO4),
    }), p.payload),
  },
  ip: {
    fields: { src: ip4Address, dst: ip4Address, ttl: uint(8), dscp: uint(6), ecn: uint(2), id: uint(16), df: uint(1), mf: uint(1), frag_offset: uint(13), proto: uint(8), len: uint(16), checksum: uint(16) },
    ethertype: ETHERTYPE.IPV4, protocol: IP_PROTOCOL.IPIP, bier: BIER_PROTO.IPV4,
    addresses: g => ({ src: g.octets('src', ZERO4), dst: g.octets('dst', ZERO4) }),
    emit: (g, p) => join(withChecksum(g, ip4.emit({
      version: 4, ihl: IP4.LEN / 4, dscp: g.number('dscp', 0), ecn: g.number('ecn', 0), total_length: g.number('len', IP4.LEN + p.payload.length),
      identification: g.number('id', 0), flags: g.number('df', 0) << 1 | g.number('mf', 0), fragment_offset: g.number('frag_offset', 0),
      ttl: g.number('ttl', 64), protocol: protocol(g, p, 'proto'), src: g.octets('src', ZERO4), dst: g.octets('dst', ZERO4),
    }), IP4.CHECKSUM), p.payload),
  },
  ipv6: {
    fields: { src: ip6Address, dst: ip6Address, hlim: uint(8), dscp: uint(6), ecn: uint(2), flow: uint(20), nxt: uint(8), plen: uint(16) },
    ethertype: ETHERTYPE.IPV6, protocol: IP_PROTOCOL.IPV6, bier: BIER_PROTO.IPV6,
    addresses: (g, inner) => ({ src: g.octets('src', ZERO6), dst: finalDestination(inner) ?? destination6(g, inner) }),
    emit: (g, p) => join(ip6.emit({
      version: 6, traffic_class: g.number('dscp', 0) << DSCP_SHIFT | g.number('ecn', 0), flow_label: g.number('flow', 0),
      payload_length: g.number('plen', p.payload.length), next_header: protocol(g, p, 'nxt'), hop_limit: g.number('hlim', 64),
      src: g.octets('src', ZERO6), dst: destination6(g, p.inner),
    }), p.payload),
  },
  srh: {
    fields: { path: ip6List, segleft: uint(8), last_entry: uint(8), flags: uint(8), tag: uint(16), nxt: uint(8) },
    protocol: IP_PROTOCOL.ROUTING,
    emit(g, p) {
      const list = g.list('path').toReversed();
      return join(srh.emit({
        next_header: protocol(g, p, 'nxt'), hdr_ext_len: list.length * SRH.SEGMENT_LEN / 8, routing_type: SRH_ROUTING_TYPE,
        segments_left: segmentsLeft(g), last_entry: g.number('last_entry', Math.max(0, list.length - 1)), flags: g.number('flags', 0), tag: g.number('tag', 0),
      }), ...list, p.payload);
    },
  },
  icmp: {
    fields: { type: uint(8), code: uint(8), ident: uint(16), seq: uint(16), mtu: uint(16), rest: uint(32), checksum: uint(16) },
    protocol: IP_PROTOCOL.ICMP,
    emit: (g, p) => withChecksum(g, join(icmp4.emit({
      type: g.number('type', ICMP4_TYPE.ECHO), code: g.number('code', 0),
      rest: g.number('rest', g.number('ident', 0) * 0x10000 + g.number('seq', g.number('mtu', 0))),
    }), p.payload), ICMP4.CHECKSUM),
  },
  icmpv6: {
    fields: { type: uint(8), code: uint(8), ident: uint(16), seq: uint(16), mtu: uint(32), pointer: uint(32), checksum: uint(16) },
    protocol: IP_PROTOCOL.ICMPV6,
    emit: (g, p) => withTransportChecksum(g, p, join(icmp6.emit({
      type: g.number('type', ICMP6_TYPE.ECHO_REQUEST), code: g.number('code', 0),
      rest: g.number('mtu', g.number('pointer', g.number('ident', 0) * 0x10000 + g.number('seq', 0))),
    }), p.payload), ICMP6.CHECKSUM, IP_PROTOCOL.ICMPV6),
  },
  tcp: {
    fields: { srcport: uint(16), dstport: uint(16), seq: uint(32), ack: uint(32), flags: tcpFlags, window: uint(16), urgent: uint(16), checksum: uint(16) },
    protocol: IP_PROTOCOL.TCP,
    emit: (g, p) => withTransportChecksum(g, p, join(tcp.emit({
      src_port: g.number('srcport', 0), dst_port: g.number('dstport', 0), sequence: g.number('seq', 0), acknowledgment: g.number('ack', 0),
      offset: TCP.LEN / 4, flags: g.number('flags', TCP_FLAG.SYN), window: g.number('window', 65535), urgent_pointer: g.number('urgent', 0),
    }), p.payload), TCP.CHECKSUM, IP_PROTOCOL.TCP),
  },
  udp: {
    fields: { srcport: uint(16), dstport: uint(16), length: uint(16), checksum: uint(16) },
    protocol: IP_PROTOCOL.UDP,
    emit(g, p) {
      const out = withTransportChecksum(g, p, join(udp.emit({
        src_port: g.number('srcport', 0), dst_port: g.number('dstport', p.inner?.kind.port ?? 0), length: g.number('length', UDP.LEN + p.payload.length),
      }), p.payload), UDP.CHECKSUM, IP_PROTOCOL.UDP);
      if (!g.has('checksum') && p.addresses && !out[UDP.CHECKSUM] && !out[UDP.CHECKSUM + 1]) out.fill(0xff, UDP.CHECKSUM, UDP.LEN); // 0 means none, RFC 768
      return out;
    },
  },
  mpls: {
    fields: { label: uint(20), exp: uint(3), bottom: uint(1), ttl: uint(8) },
    ethertype: ETHERTYPE.MPLS, protocol: IP_PROTOCOL.MPLS, port: UDP_PORT.MPLS, bier: BIER_PROTO.MPLS,
    emit: (g, p) => join(mpls.emit({
      label: g.number('label', MPLS_LABEL.FIRST), tc: g.number('exp', 0), s: g.number('bottom', p.inner?.kind === LAYERS['mpls'] ? 0 : 1), ttl: g.number('ttl', 64),
    }), p.payload),
  },
  bier: { // with a bift_id it stands behind Ethernet, else behind the label that is its first word
    fields: { bift_id: uint(20), tc: uint(3), s: uint(1), ttl: uint(8), nibble: uint(4), ver: uint(4), bsl: uint(4), entropy: uint(20), oam: uint(2), rsv: uint(2), dscp: uint(6), proto: uint(6), bfir_id: uint(16), bitstring: hexOctets },
    ethertype: ETHERTYPE.BIER,
    emit(g, p) {
      const own = g.has('bift_id'), bits = g.octets('bitstring', new Uint8Array(8)), number = (name: string, otherwise = 0) => g.number(name, otherwise);
      const header = bier.emit({
        bift_id: number('bift_id'), tc: number('tc'), s: number('s', 1), ttl: number('ttl', 64),
        nibble: number('nibble', own ? BIER_NIBBLE.ETHERNET : BIER_NIBBLE.MPLS), ver: number('ver'), bsl: number('bsl', Math.max(0, Math.round(Math.log2(bits.length)) - 2)), entropy: number('entropy'),
        oam: number('oam'), rsv: number('rsv'), dscp: number('dscp'), proto: number('proto', p.inner?.kind.bier ?? 0), bfir_id: number('bfir_id', 1),
      });
      return join(own ? header : header.subarray(BIER.FORM), bits, p.payload);
    },
  },
  vxlan: {
    fields: { vni: uint(24), flags: uint(8) },
    port: UDP_PORT.VXLAN,
    emit: (g, p) => join(vxlan.emit({ flags: g.number('flags', VXLAN_FLAG.I), vni: g.number('vni', 0) }), p.payload),
  },
  bth: {
    fields: { opcode: uint(8), se: uint(1), m: uint(1), padcnt: uint(2), tver: uint(4), p_key: uint(16), fecn: uint(1), becn: uint(1), destqp: uint(24), a: uint(1), psn: uint(24), icrc: uint(32) },
    port: UDP_PORT.ROCE_V2,
    emit(g, p) {
      const number = (name: string, otherwise = 0) => g.number(name, otherwise), opcode = number('opcode', p.inner?.kind.opcode ?? BTH_OPCODE.RC_SEND_ONLY), notification = opcode === BTH_OPCODE.CNP;
      const payload = notification && p.payload.length === 0 ? new Uint8Array(CNP_RESERVED) : p.payload;
      const out = join(bth.emit({
        opcode, se: number('se'), m: number('m', Number(notification)), pad: number('padcnt'), tver: number('tver'), p_key: number('p_key', P_KEY_DEFAULT), fecn: number('fecn'), becn: number('becn', Number(notification)),
        dest_qp: number('destqp'), a: number('a'), psn: number('psn'),
      }), payload, new Uint8Array(ICRC_LEN));
      out.set(g.has('icrc') ? uint32(number('icrc')) : icrcOf(g, p, out), out.length - ICRC_LEN);
      return out;
    },
  },
  reth: {
    fields: { va: uint64, r_key: uint(32), dmalen: uint(32) }, opcode: BTH_OPCODE.RC_WRITE_ONLY,
    emit: (g, p) => join(reth.emit({ virtual_address: g.octets('va', ZERO8), r_key: g.number('r_key', 0), dma_length: g.number('dmalen', p.payload.length) }), p.payload),
  },
  aeth: {
    fields: { syndrome: uint(8), msn: uint(24) }, opcode: BTH_OPCODE.RC_ACKNOWLEDGE,
    emit: (g, p) => join(aeth.emit({ syndrome: g.number('syndrome', AETH_SYNDROME.VALUE), msn: g.number('msn', 0) }), p.payload),
  },
  atomiceth: {
    fields: { va: uint64, r_key: uint(32), swapdt: uint64, cmpdt: uint64 }, opcode: BTH_OPCODE.RC_COMPARE_SWAP,
    emit: (g, p) => join(atomicEth.emit({ virtual_address: g.octets('va', ZERO8), r_key: g.number('r_key', 0), swap_or_add: g.octets('swapdt', ZERO8), compare: g.octets('cmpdt', ZERO8) }), p.payload),
  },
  atomicacketh: {
    fields: { origremdt: uint64 },
    emit: (g, p) => join(atomicAckEth.emit({ original: g.octets('origremdt', ZERO8) }), p.payload),
  },
  deth: {
    fields: { q_key: uint(32), srcqp: uint(24) }, opcode: BTH_OPCODE.UD_SEND_ONLY,
    emit: (g, p) => join(deth.emit({ q_key: g.number('q_key', 0), src_qp: g.number('srcqp', 0) }), p.payload),
  },
  immdt: {
    fields: { immediate: uint(32) }, opcode: BTH_OPCODE.RC_SEND_ONLY_IMMEDIATE,
    emit: (g, p) => join(immDt.emit({ immediate: g.number('immediate', 0) }), p.payload),
  },
  ieth: {
    fields: { r_key: uint(32) }, opcode: BTH_OPCODE.RC_SEND_ONLY_INVALIDATE,
    emit: (g, p) => join(ieth.emit({ invalidated_r_key: g.number('r_key', 0) }), p.payload),
  },
  pause: {
    fields: { time: uint(16) },
    ethertype: ETHERTYPE.FLOW_CONTROL,
    emit: (g, p) => join(pause.emit({ opcode: MAC_CONTROL_OPCODE.PAUSE, time: g.number('time', 0xffff) }), p.payload, new Uint8Array(MAC_CONTROL_BYTES - PAUSE.LEN)),
  },
  pfc: {
    fields: { enbv: uint(16), c0: uint(16), c1: uint(16), c2: uint(16), c3: uint(16), c4: uint(16), c5: uint(16), c6: uint(16), c7: uint(16) },
    ethertype: ETHERTYPE.FLOW_CONTROL,
    emit(g, p) {
      const classes = Array.from({ length: 8 }, (_, c) => g.number(`c${c}`, 0)), named = classes.reduce((bits, _, c) => bits | Number(g.has(`c${c}`)) << c, 0);
      const [time0, time1, time2, time3, time4, time5, time6, time7] = classes as [number, number, number, number, number, number, number, number];
      return join(pfc.emit({ opcode: MAC_CONTROL_OPCODE.PFC, class_enable_vector: g.number('enbv', named), time0, time1, time2, time3, time4, time5, time6, time7 }), p.payload, new Uint8Array(MAC_CONTROL_BYTES - PFC.LEN));
    },
  },
  data: {
    fields: { len: uint(16), hex: hexOctets },
    emit: (g, p) => join(g.octets('hex', new Uint8Array(g.number('len', 0))), p.payload),
  },
};

/** As given, else the active segment of an SRH that follows. */
function destination6(g: Given, inner: Given | undefined): Uint8Array {
  return g.octets('dst', (isSrh(inner) ? segment(inner, segmentsLeft(inner)) : undefined) ?? ZERO6);
}

/** Where an SRH takes the packet, which checksums cover; undefined when it is there. */
function finalDestination(inner: Given | undefined): Uint8Array | undefined {
  return isSrh(inner) && segmentsLeft(inner) > 0 ? segment(inner, 0) : undefined;
}

function isSrh(layer: Given | undefined): layer is Given {
  return layer?.kind === LAYERS['srh'];
}
