// ip6.ts -- IPv6 and its extension headers, one layer each.

import { DSCP_SHIFT, ECN, IP_PROTOCOL } from '../../../assembly/wire/ip.ts';
import { IP6, IP6_EXT, IP6_FRAGMENT, IP6_FRAGMENT_PART, IP6_OPTION, IP6_VCF } from '../../../assembly/wire/ip6.ts';
import { AH } from '../../../assembly/wire/ipsec.ts';
import { SRH, SRH_HMAC, SRH_ROUTING_TYPE, SRH_TLV, SRH_TLV_TYPE } from '../../../assembly/wire/srh.ts';
import { hex, type LayerReader, Link, type Protocol } from './layer.ts';

export const ipv6: Protocol = {
  name: 'ipv6',
  read(h) {
    const word = h.number(IP6.VERSION_CLASS_FLOW, 4), version = word >>> IP6_VCF.VERSION_SHIFT;
    h.put('ipv6.version', version);
    if (version !== 6) h.malformed();
    h.length = IP6.LEN;
    const trafficClass = (word & IP6_VCF.CLASS) >> IP6_VCF.CLASS_SHIFT;
    h.put('ipv6.tclass', hex(trafficClass, 8));
    h.put('ipv6.tclass.dscp', trafficClass >> DSCP_SHIFT);
    h.put('ipv6.tclass.ecn', trafficClass & ECN.MASK);
    h.put('ipv6.flow', hex(word & IP6_VCF.FLOW, 6));
    const payload = h.dec('ipv6.plen', IP6.PAYLOAD_LENGTH, 2);
    const next = h.dec('ipv6.nxt', IP6.NEXT_HEADER, 1);
    h.dec('ipv6.hlim', IP6.HOP_LIMIT, 1);
    h.ip6('ipv6.src', IP6.SRC);
    h.ip6('ipv6.dst', IP6.DST);

    h.around.ip = { start: h.start, end: h.start + IP6.LEN };
    h.around.addresses = { src: h.octets(IP6.SRC, 16), dst: h.octets(IP6.DST, 16) };
    h.around.fragment = false;
    // 0 with a hop-by-hop header is a jumbogram, else segmentation left to the NIC
    return h.next('protocol', next, payload === 0 && next !== IP_PROTOCOL.NO_NEXT ? h.end : h.start + IP6.LEN + payload);
  },
};

/** Next header and length fields of an extension header, and its length in bytes. */
function start(h: LayerReader): number {
  const next = h.dec(`${h.name}.nxt`, IP6_EXT.NEXT_HEADER, 1);
  const units = h.dec(`${h.name}.len`, IP6_EXT.HDR_EXT_LEN, 1);
  h.length = IP6_EXT.LEN * (units + 1);
  h.put(`${h.name}.len_oct`, h.length);
  return next;
}

function optionsHeader(name: string): Protocol {
  return {
    name,
    read(h) {
      const next = start(h);
      for (let at: number = IP6_EXT.OPTIONS; at < h.length; ) {
        const type = h.hex('ipv6.opt.type', at, 1);
        if (type === IP6_OPTION.PAD1) { at++; continue; }
        if (at + 1 >= h.length) h.malformed();
        const length = h.dec('ipv6.opt.length', at + 1, 1);
        if (at + 2 + length > h.length) h.malformed();
        h.octets(at + 2, length);
        if (type === IP6_OPTION.ROUTER_ALERT && length === 2) h.dec('ipv6.opt.router_alert', at + 2, 2);
        at += 2 + length;
      }
      return h.next('protocol', next);
    },
  };
}

export const hopopts = optionsHeader('ipv6.hopopts');
export const dstopts = optionsHeader('ipv6.dstopts');

export const routing: Protocol = {
  name: 'ipv6.routing',
  read(h) {
    const next = start(h);
    const type = h.dec('ipv6.routing.type', IP6_EXT.ROUTING_TYPE, 1);
    const left = h.dec('ipv6.routing.segleft', IP6_EXT.SEGMENTS_LEFT, 1);
    const final = type === SRH_ROUTING_TYPE ? segmentRouting(h) : type === 0 ? sourceRoute(h) : undefined;
    h.octets(0, h.length);
    if (left > 0 && final && h.around.addresses) h.around.addresses.dst = final;
    return h.next('protocol', next);
  },
};

/** RFC 8754; returns the last segment of the path, which is the first of the list. */
function segmentRouting(h: LayerReader): Uint8Array | undefined {
  const last = h.dec('ipv6.routing.srh.last_entry', SRH.LAST_ENTRY, 1);
  h.hex('ipv6.routing.srh.flags', SRH.FLAGS, 1);
  h.bytes('ipv6.routing.srh.tag', SRH.TAG, 2);
  const room = Math.floor((h.length - SRH.LEN) / SRH.SEGMENT_LEN), segments = Math.min(last + 1, room);
  for (let i = 0; i < segments; i++) h.ip6('ipv6.routing.srh.addr', SRH.SEGMENT_LIST + i * SRH.SEGMENT_LEN);
  if (last + 1 > room) return undefined; // last_entry beyond the header: no TLVs to trust
  for (let at = SRH.SEGMENT_LIST + segments * SRH.SEGMENT_LEN; at < h.length; ) {
    const type = h.dec('ipv6.routing.srh.tlv.type', at + SRH_TLV.TYPE, 1);
    if (type === SRH_TLV_TYPE.PAD1) { at++; continue; }
    if (at + SRH_TLV.VALUE > h.length) h.malformed();
    const length = h.dec('ipv6.routing.srh.tlv.length', at + SRH_TLV.LENGTH, 1);
    if (at + SRH_TLV.VALUE + length > h.length) h.malformed();
    if (type === SRH_TLV_TYPE.HMAC && length >= SRH_HMAC.LEN - SRH_TLV.VALUE) {
      h.put('ipv6.routing.srh.tlv.hmac.d', h.number(at + SRH_HMAC.D_RESERVED, 2) >> 15);
      h.dec('ipv6.routing.srh.tlv.hmac.keyid', at + SRH_HMAC.KEY_ID, 4);
      h.bytes('ipv6.routing.srh.tlv.hmac.value', at + SRH_HMAC.HMAC, length + SRH_TLV.VALUE - SRH_HMAC.HMAC);
    } else if (type !== SRH_TLV_TYPE.PADN) h.bytes('ipv6.routing.srh.tlv.value', at + SRH_TLV.VALUE, length);
    at += SRH_TLV.VALUE + length;
  }
  return h.octets(SRH.SEGMENT_LIST, SRH.SEGMENT_LEN);
}

/** Type 0, deprecated by RFC 5095: four reserved octets, then addresses in order of travel. */
function sourceRoute(h: LayerReader): Uint8Array | undefined {
  let at: number = IP6_EXT.LEN;
  for (; at + 16 <= h.length; at += 16) h.ip6('ipv6.routing.src.addr', at);
  return at > IP6_EXT.LEN ? h.octets(at - 16, 16) : undefined;
}

export const fraghdr: Protocol = {
  name: 'ipv6.fraghdr',
  read(h) {
    h.length = IP6_FRAGMENT.LEN;
    const next = h.dec('ipv6.fraghdr.nxt', IP6_FRAGMENT.NEXT_HEADER, 1);
    const word = h.number(IP6_FRAGMENT.OFFSET_M, 2);
    h.put('ipv6.fraghdr.offset', word >> 3);
    h.put('ipv6.fraghdr.more', word & IP6_FRAGMENT_PART.M);
    h.hex('ipv6.fraghdr.ident', IP6_FRAGMENT.IDENTIFICATION, 4);
    h.around.fragment ||= (word & (IP6_FRAGMENT_PART.OFFSET | IP6_FRAGMENT_PART.M)) !== 0; // not an atomic fragment, RFC 6946
    return word & IP6_FRAGMENT_PART.OFFSET ? h.next('link', Link.DATA) : h.next('protocol', next);
  },
};

/** Authentication Header, behind either version of IP. */
export const ah: Protocol = {
  name: 'ah',
  read(h) {
    const next = h.dec('ah.next_header', AH.NEXT_HEADER, 1);
    const words = h.dec('ah.length', AH.PAYLOAD_LEN, 1);
    h.length = (words + 2) * 4;
    h.hex('ah.spi', AH.SPI, 4);
    h.dec('ah.sequence', AH.SEQUENCE, 4);
    if (h.length < AH.LEN) h.malformed();
    h.bytes('ah.icv', AH.ICV, h.length - AH.LEN);
    return h.next('protocol', next);
  },
};
