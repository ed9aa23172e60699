// summary.ts -- a frame in one line, as tshark's default columns show it.

import { ARP_OP } from '../../assembly/wire/arp.ts';
import { ICMP4_TYPE } from '../../assembly/wire/icmp4.ts';
import { ICMP6_TYPE } from '../../assembly/wire/icmp6.ts';
import { MAC_CONTROL_OPCODE } from '../../assembly/wire/mac_control.ts';
import { BTH_OPCODE } from '../../assembly/wire/roce.ts';
import { TCP_FLAG } from '../../assembly/wire/tcp.ts';
import { UDP } from '../../assembly/wire/udp.ts';
import type { Layer } from './dissect.ts';

export interface Summary {
  /** Addresses of the innermost IP header outside any quoted packet, the destination behind its routing header; else of the Ethernet header. */
  readonly source: string;
  readonly destination: string;
  /** Wireshark's name of the innermost protocol, upper case. */
  readonly protocol: string;
  readonly info: string;
}

/** Layers that say nothing of their own in a summary. */
const SILENT = new Set(['data', 'vlan', 'ieee8021ad', 'ipv6.hopopts', 'ipv6.dstopts', 'ipv6.routing', 'udpencap', 'pwethcw']);

/** Layers whose packets quote another, which is not what the frame is about. */
const QUOTING = new Set(['icmp', 'icmpv6']);

/** One line for a dissected frame. */
export function summary(layers: readonly Layer[]): Summary {
  const quoting = layers.findIndex(l => QUOTING.has(l.name));
  const own = quoting < 0 ? layers : layers.slice(0, quoting + 1);
  let source = '', destination = '';
  for (const l of own) {
    if (l.name === 'eth' || l.name === 'ip' || l.name === 'ipv6') {
      source = String(get(l, `${l.name}.src`) ?? source);
      destination = String(get(l, `${l.name}.dst`) ?? destination);
    } else if (l.name === 'ipv6.routing') destination = finalDestination(l) ?? destination;
  }
  const top = own.findLast(l => !SILENT.has(l.name)) ?? layers[0]!;
  const inner = own.findLast(l => l.name === 'ip' || l.name === 'ipv6');
  const note = layers.at(-1)?.note;
  return {
    source, destination,
    protocol: top.name.toUpperCase(),
    info: [INFO[top.name]?.(name => get(top, name), inner) ?? rest(layers.at(-1)!), note && `[${note}]`].filter(Boolean).join(' '),
  };
}

type Get = (name: string) => number | string | undefined;

function get(l: Layer, name: string): number | string | undefined {
  return l.fields.find(f => f.name === name)?.value;
}

/** Where a routing header takes the packet in the end; undefined when it is there or the header does not say. */
function finalDestination(l: Layer): string | undefined {
  if (!get(l, 'ipv6.routing.segleft')) return undefined;
  const last = get(l, 'ipv6.routing.srh.addr') ?? l.fields.findLast(f => f.name === 'ipv6.routing.src.addr')?.value;
  return last === undefined ? undefined : String(last);
}

function rest(last: Layer): string {
  return last.name === 'data' ? `${last.length} bytes of data` : '';
}

const INFO: Record<string, (get: Get, ip: Layer | undefined) => string> = {
  arp: f => f('arp.opcode') === ARP_OP.REQUEST ? `Who has ${f('arp.dst.proto_ipv4')}? Tell ${f('arp.src.proto_ipv4')}`
    : f('arp.opcode') === ARP_OP.REPLY ? `${f('arp.src.proto_ipv4')} is at ${f('arp.src.hw_mac')}` : `opcode ${f('arp.opcode')}`,
  ip: f => `protocol ${f('ip.proto')}`,
  ipv6: f => `next header ${f('ipv6.nxt')}`,
  bier: f => `BFIR ${f('bier.bfir-id')} bits ${f('bier.bitstring') ?? ''}`.trim(),
  mpls: f => `label ${f('mpls.label')}`,
  tcp: f => `${f('tcp.srcport')} > ${f('tcp.dstport')} [${flags(Number(f('tcp.flags')))}] Seq=${f('tcp.seq_raw')} Ack=${f('tcp.ack_raw')} Win=${f('tcp.window_size_value')}`
    + (f('tcp.len') === undefined ? '' : ` Len=${f('tcp.len')}`),
  udp: f => `${f('udp.srcport')} > ${f('udp.dstport')}` + (Number(f('udp.length')) < UDP.LEN ? ` length=${f('udp.length')}` : ` Len=${Number(f('udp.length')) - UDP.LEN}`),
  sctp: f => `${f('sctp.srcport')} > ${f('sctp.dstport')}`,
  icmp: (f, ip) => `${words(ICMP4_TYPE[Number(f('icmp.type'))])} type=${f('icmp.type')} code=${f('icmp.code')}`
    + (f('icmp.seq') === undefined ? '' : ` id=${f('icmp.ident')} seq=${f('icmp.seq')} ttl=${ip && get(ip, 'ip.ttl')}`),
  icmpv6: (f, ip) => `${words(ICMP6_TYPE[Number(f('icmpv6.type'))])} type=${f('icmpv6.type')} code=${f('icmpv6.code')}`
    + (f('icmpv6.echo.identifier') === undefined ? '' : ` id=${f('icmpv6.echo.identifier')} seq=${f('icmpv6.echo.sequence_number')} hop limit=${ip && get(ip, 'ipv6.hlim')}`),
  esp: f => `SPI=${f('esp.spi')} Seq=${f('esp.sequence')}`,
  macc: f => `${MAC_CONTROL_OPCODE[Number(f('macc.opcode'))] ?? f('macc.opcode')} ${f('macc.pause_time') ?? f('macc.cbfc.enbv') ?? ''}`.trim(),
  infiniband: f => `${BTH_OPCODE[Number(f('infiniband.bth.opcode'))] ?? `opcode ${f('infiniband.bth.opcode')}`} QP=${f('infiniband.bth.destqp')} PSN=${f('infiniband.bth.psn')}`,
};

function flags(bits: number): string {
  return [TCP_FLAG.FIN, TCP_FLAG.SYN, TCP_FLAG.RST, TCP_FLAG.PSH, TCP_FLAG.ACK, TCP_FLAG.URG, TCP_FLAG.ECE, TCP_FLAG.CWR]
    .filter(flag => bits & flag).map(flag => TCP_FLAG[flag]).join(', ');
}

/** ECHO_REPLY as `Echo reply`. */
function words(member: string | undefined): string {
  return member === undefined ? 'Unknown' : member[0] + member.slice(1).toLowerCase().replaceAll('_', ' ');
}
