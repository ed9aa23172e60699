// icmp.ts -- ICMP and ICMPv6: the packet that errors quote, their extensions, and Neighbor Discovery.

import { ICMP4, ICMP4_TYPE, ICMP4_UNREACHABLE } from '../../../assembly/wire/icmp4.ts';
import { ICMP6, ICMP6_TYPE } from '../../../assembly/wire/icmp6.ts';
import { ICMP_EXT, ICMP_EXT_CLASS, ICMP_EXT_MPLS_INCOMING, ICMP_EXT_OBJECT, ICMP_EXT_QUOTE_MIN, ICMP_EXT_VERSION_2 } from '../../../assembly/wire/icmp_ext.ts';
import { IP_PROTOCOL } from '../../../assembly/wire/ip.ts';
import { MPLS } from '../../../assembly/wire/mpls.ts';
import { ND_NA, ND_NA_FLAG, ND_NS, ND_OPTION, ND_OPTION_TYPE, ND_RA, ND_RA_FLAG, ND_REDIRECT, ND_RS } from '../../../assembly/wire/nd.ts';
import { onesSum } from '../checksum.ts';
import { ChecksumStatus, type LayerReader, Link, type Next, type Protocol } from './layer.ts';
import { transportStatus } from './transport.ts';
import { labelStackEntry } from './tunnel.ts';

export const icmp: Protocol = {
  name: 'icmp',
  read(h) {
    h.length = ICMP4.LEN;
    const type = h.dec('icmp.type', ICMP4.TYPE, 1);
    const code = h.dec('icmp.code', ICMP4.CODE, 1);
    h.hex('icmp.checksum', ICMP4.CHECKSUM, 2);
    h.put('icmp.checksum.status', status(h));
    switch (type) {
      case ICMP4_TYPE.ECHO:
      case ICMP4_TYPE.ECHO_REPLY:
        h.dec('icmp.ident', ICMP4.IDENTIFIER, 2);
        h.dec('icmp.seq', ICMP4.SEQUENCE, 2);
        return h.next('link', Link.DATA);
      case ICMP4_TYPE.DEST_UNREACHABLE:
        if (code === ICMP4_UNREACHABLE.FRAGMENTATION_NEEDED) h.dec('icmp.mtu', ICMP4.MTU, 2);
        return quote(h, Link.IPV4, h.dec('icmp.length', ICMP4.LENGTH, 1) * 4);
      case ICMP4_TYPE.TIME_EXCEEDED:
        return quote(h, Link.IPV4, h.dec('icmp.length', ICMP4.LENGTH, 1) * 4);
      case ICMP4_TYPE.PARAMETER_PROBLEM:
        h.dec('icmp.pointer', ICMP4.POINTER, 1);
        return quote(h, Link.IPV4, h.dec('icmp.length', ICMP4.LENGTH, 1) * 4);
      case ICMP4_TYPE.REDIRECT:
        h.ip4('icmp.redir_gw', ICMP4.GATEWAY);
        return quote(h, Link.IPV4, 0);
      case ICMP4_TYPE.SOURCE_QUENCH:
        return quote(h, Link.IPV4, 0);
      default:
        h.octets(ICMP4.REST, 4);
        return h.next('link', Link.DATA);
    }
  },
};

function status(h: LayerReader): ChecksumStatus {
  if (h.around.fragment || h.captured.length < h.size) return ChecksumStatus.UNVERIFIED;
  return onesSum(h.captured) === 0xffff ? ChecksumStatus.GOOD : ChecksumStatus.BAD;
}

export const icmpv6: Protocol = {
  name: 'icmpv6',
  read(h) {
    h.length = ICMP6.LEN;
    const type = h.dec('icmpv6.type', ICMP6.TYPE, 1);
    h.dec('icmpv6.code', ICMP6.CODE, 1);
    h.hex('icmpv6.checksum', ICMP6.CHECKSUM, 2);
    h.put('icmpv6.checksum.status', transportStatus(h, IP_PROTOCOL.ICMPV6, h.size));
    switch (type) {
      case ICMP6_TYPE.DEST_UNREACHABLE:
      case ICMP6_TYPE.TIME_EXCEEDED:
        return quote(h, Link.IPV6, h.dec('icmpv6.length', ICMP6.LENGTH, 1) * 8);
      case ICMP6_TYPE.PACKET_TOO_BIG:
        h.dec('icmpv6.mtu', ICMP6.MTU, 4);
        return quote(h, Link.IPV6, 0);
      case ICMP6_TYPE.PARAMETER_PROBLEM:
        h.dec('icmpv6.pointer', ICMP6.POINTER, 4);
        return quote(h, Link.IPV6, 0);
      case ICMP6_TYPE.ECHO_REQUEST:
      case ICMP6_TYPE.ECHO_REPLY:
        h.hex('icmpv6.echo.identifier', ICMP6.IDENTIFIER, 2);
        h.dec('icmpv6.echo.sequence_number', ICMP6.SEQUENCE, 2);
        return h.next('link', Link.DATA);
      case ICMP6_TYPE.ROUTER_SOLICITATION:
        return options(h, ND_RS.OPTIONS);
      case ICMP6_TYPE.ROUTER_ADVERTISEMENT: {
        h.dec('icmpv6.nd.ra.cur_hop_limit', ND_RA.CUR_HOP_LIMIT, 1);
        const flags = h.hex('icmpv6.nd.ra.flag', ND_RA.FLAGS, 1);
        h.put('icmpv6.nd.ra.flag.m', (flags & ND_RA_FLAG.M) !== 0);
        h.put('icmpv6.nd.ra.flag.o', (flags & ND_RA_FLAG.O) !== 0);
        h.dec('icmpv6.nd.ra.router_lifetime', ND_RA.ROUTER_LIFETIME, 2);
        h.dec('icmpv6.nd.ra.reachable_time', ND_RA.REACHABLE_TIME, 4);
        h.dec('icmpv6.nd.ra.retrans_timer', ND_RA.RETRANS_TIMER, 4);
        return options(h, ND_RA.OPTIONS);
      }
      case ICMP6_TYPE.NEIGHBOR_SOLICITATION:
        h.ip6('icmpv6.nd.ns.target_address', ND_NS.TARGET);
        return options(h, ND_NS.OPTIONS);
      case ICMP6_TYPE.NEIGHBOR_ADVERTISEMENT: {
        const flags = h.number(ND_NA.FLAGS, 1);
        h.put('icmpv6.nd.na.flag.r', (flags & ND_NA_FLAG.R) !== 0);
        h.put('icmpv6.nd.na.flag.s', (flags & ND_NA_FLAG.S) !== 0);
        h.put('icmpv6.nd.na.flag.o', (flags & ND_NA_FLAG.O) !== 0);
        h.ip6('icmpv6.nd.na.target_address', ND_NA.TARGET);
        return options(h, ND_NA.OPTIONS);
      }
      case ICMP6_TYPE.REDIRECT:
        h.ip6('icmpv6.nd.rd.target_address', ND_REDIRECT.TARGET);
        h.ip6('icmpv6.rd.na.destination_address', ND_REDIRECT.DST);
        return options(h, ND_REDIRECT.OPTIONS);
      default:
        h.octets(ICMP6.REST, 4);
        return h.next('link', Link.DATA);
    }
  },
};

/** Options of a Neighbor Discovery message, to its end. */
function options(h: LayerReader, from: number): undefined {
  h.length = from;
  while (h.length < h.size) {
    const at = h.length, type = h.dec('icmpv6.opt.type', at + ND_OPTION.TYPE, 1);
    const units = h.dec('icmpv6.opt.length', at + ND_OPTION.LENGTH, 1);
    if (units === 0) h.malformed();
    h.octets(at, units * ND_OPTION.LEN);
    h.length = at + units * ND_OPTION.LEN;
    if (type === ND_OPTION_TYPE.SOURCE_LINK_LAYER && units === 1) h.mac('icmpv6.opt.src_linkaddr', at + ND_OPTION.ADDRESS);
    else if (type === ND_OPTION_TYPE.TARGET_LINK_LAYER && units === 1) h.mac('icmpv6.opt.target_linkaddr', at + ND_OPTION.ADDRESS);
    else if (type === ND_OPTION_TYPE.MTU && units === 1) h.dec('icmpv6.opt.mtu', at + 4, 4);
    else if (type === ND_OPTION_TYPE.PREFIX && units === 4) {
      h.dec('icmpv6.opt.prefix.length', at + 2, 1);
      h.dec('icmpv6.opt.prefix.valid_lifetime', at + 4, 4);
      h.dec('icmpv6.opt.prefix.preferred_lifetime', at + 8, 4);
      h.ip6('icmpv6.opt.prefix', at + 16);
    }
  }
  return undefined;
}

/**
 * The packet an error quotes, and the extensions behind it.
 * @param length octets of the quoted packet as RFC 4884 states them, 0 for none stated
 */
function quote(h: LayerReader, version: Link, length: number): Next {
  const body = h.size - h.length;
  let quoted = body;
  if (length >= ICMP_EXT_QUOTE_MIN && length < body) quoted = length;
  else if (length === 0 && olderExtension(h)) quoted = ICMP_EXT_QUOTE_MIN;
  if (quoted < body) extension(h, h.length + quoted);
  h.around.quoted = true;
  return h.next('link', version, h.start + h.length + quoted);
}

/** Routers older than RFC 4884 (section 5.5) quote 128 octets and state no length; only the checksum can tell. */
function olderExtension(h: LayerReader): boolean {
  const found = h.captured.subarray(h.length + ICMP_EXT_QUOTE_MIN);
  return found.length >= ICMP_EXT.LEN + ICMP_EXT_OBJECT.LEN && found[0] === ICMP_EXT_VERSION_2 && onesSum(found) === 0xffff;
}

function extension(h: LayerReader, from: number): void {
  const all = h.octets(from, h.size - from);
  const version = h.number(from + ICMP_EXT.VERSION, 1) >> 4;
  h.put('icmp.ext.version', version);
  const sum = h.hex('icmp.ext.checksum', from + ICMP_EXT.CHECKSUM, 2);
  h.put('icmp.ext.checksum.status', sum === 0 ? ChecksumStatus.NOT_PRESENT : onesSum(all) === 0xffff ? ChecksumStatus.GOOD : ChecksumStatus.BAD);
  for (let at = from + ICMP_EXT.LEN; at < h.size; ) {
    const length = h.dec('icmp.ext.length', at + ICMP_EXT_OBJECT.LENGTH, 2);
    const cls = h.dec('icmp.ext.class', at + ICMP_EXT_OBJECT.CLASS_NUM, 1);
    const ctype = h.number(at + ICMP_EXT_OBJECT.C_TYPE, 1);
    h.put('icmp.ext.ctype', ctype);
    if (length < ICMP_EXT_OBJECT.LEN || at + length > h.size) return; // the quoted packet is still worth reading
    if (cls === ICMP_EXT_CLASS.MPLS_LABEL_STACK && ctype === ICMP_EXT_MPLS_INCOMING)
      for (let entry = at + ICMP_EXT_OBJECT.LEN; entry + MPLS.LEN <= at + length; entry += MPLS.LEN)
        labelStackEntry(h, entry, ['icmp.mpls.label', 'icmp.mpls.exp', 'icmp.mpls.s', 'icmp.mpls.ttl']);
    at += length;
  }
}
