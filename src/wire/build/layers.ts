// layers.ts -- how each layer of a description becomes bytes.

import { ARP_HRD_ETHERNET, ARP_OP } from '../../../assembly/wire/arp.ts';
import { ETHERTYPE } from '../../../assembly/wire/ethernet.ts';
import { ICMP4, ICMP4_TYPE } from '../../../assembly/wire/icmp4.ts';
import { ICMP6, ICMP6_TYPE } from '../../../assembly/wire/icmp6.ts';
import { DSCP_SHIFT, IP_PROTOCOL } from '../../../assembly/wire/ip.ts';
import { IP4 } from '../../../assembly/wire/ip4.ts';
import { MPLS_LABEL } from '../../../assembly/wire/mpls.ts';
import { SRH, SRH_ROUTING_TYPE } from '../../../assembly/wire/srh.ts';
import { TCP, TCP_FLAG } from '../../../assembly/wire/tcp.ts';
import { UDP, UDP_PORT } from '../../../assembly/wire/udp.ts';
import { VXLAN_FLAG } from '../../../assembly/wire/vxlan.ts';
import { arp } from '../arp.ts';
import { checksum, pseudoSum } from '../checksum.ts';
import { ethernet } from '../ethernet.ts';
import { icmp4 } from '../icmp4.ts';
import { icmp6 } from '../icmp6.ts';
import { ip4 } from '../ip4.ts';
import { ip6 } from '../ip6.ts';
import { mpls } from '../mpls.ts';
import { srh } from '../srh.ts';
import { tcp } from '../tcp.ts';
import { udp } from '../udp.ts';
import { vlan } from '../vlan.ts';
import { vxlan } from '../vxlan.ts';
import { hexOctets, ip4 as ip4Address, ip6 as ip6Address, ip6List, mac, oneOf, type Reader, tcpFlags, uint, type Value } from './values.ts';

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
  /** What it tells the layers inside. */
  addresses?(g: Given, inner: Given | undefined): Addresses;
  /** Header and payload. */
  emit(g: Given, p: Place): Uint8Array;
}

const ZERO_MAC = new Uint8Array(6), ZERO4 = new Uint8Array(4), ZERO6 = new Uint8Array(16);

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

export const LAYERS: Readonly<Record<string, LayerKind>> = {
  eth: {
    fields: { dst: mac, src: mac, type: uint(16) },
    ethertype: ETHERTYPE.TEB, protocol: IP_PROTOCOL.ETHERNET,
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
    ethertype: ETHERTYPE.IPV4, protocol: IP_PROTOCOL.IPIP,
    addresses: g => ({ src: g.octets('src', ZERO4), dst: g.octets('dst', ZERO4) }),
    emit: (g, p) => join(withChecksum(g, ip4.emit({
      version: 4, ihl: IP4.LEN / 4, dscp: g.number('dscp', 0), ecn: g.number('ecn', 0), total_length: g.number('len', IP4.LEN + p.payload.length),
      identification: g.number('id', 0), flags: g.number('df', 0) << 1 | g.number('mf', 0), fragment_offset: g.number('frag_offset', 0),
      ttl: g.number('ttl', 64), protocol: protocol(g, p, 'proto'), src: g.octets('src', ZERO4), dst: g.octets('dst', ZERO4),
    }), IP4.CHECKSUM), p.payload),
  },
  ipv6: {
    fields: { src: ip6Address, dst: ip6Address, hlim: uint(8), dscp: uint(6), ecn: uint(2), flow: uint(20), nxt: uint(8), plen: uint(16) },
    ethertype: ETHERTYPE.IPV6, protocol: IP_PROTOCOL.IPV6,
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
    ethertype: ETHERTYPE.MPLS, protocol: IP_PROTOCOL.MPLS, port: UDP_PORT.MPLS,
    emit: (g, p) => join(mpls.emit({
      label: g.number('label', MPLS_LABEL.FIRST), tc: g.number('exp', 0), s: g.number('bottom', p.inner?.kind === LAYERS['mpls'] ? 0 : 1), ttl: g.number('ttl', 64),
    }), p.payload),
  },
  vxlan: {
    fields: { vni: uint(24), flags: uint(8) },
    port: UDP_PORT.VXLAN,
    emit: (g, p) => join(vxlan.emit({ flags: g.number('flags', VXLAN_FLAG.I), vni: g.number('vni', 0) }), p.payload),
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
