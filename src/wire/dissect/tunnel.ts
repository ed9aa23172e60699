// tunnel.ts -- MPLS and pseudowires, VXLAN, Geneve, GRE.

import { ETHERTYPE } from '../../../assembly/wire/ethernet.ts';
import { GENEVE, GENEVE_CRITICAL, GENEVE_FLAG, GENEVE_OPTION, GENEVE_OPTION_WORDS, GENEVE_VER_OPT_LEN } from '../../../assembly/wire/geneve.ts';
import { GRE, GRE_FLAG } from '../../../assembly/wire/gre.ts';
import { MPLS, MPLS_ENTRY, MPLS_LABEL } from '../../../assembly/wire/mpls.ts';
import { PW, PW_NIBBLE } from '../../../assembly/wire/pw.ts';
import { VXLAN, VXLAN_FLAG } from '../../../assembly/wire/vxlan.ts';
import { type LayerReader, Link, type Protocol } from './layer.ts';

/** The fields of a label stack entry under the names of `prefix`; returns the label when it is the bottom. */
export function labelStackEntry(h: LayerReader, at: number, names: readonly [label: string, tc: string, s: string, ttl: string]): number | undefined {
  const entry = h.number(at, MPLS.LEN), label = entry >>> MPLS_ENTRY.LABEL_SHIFT, bottom = (entry & MPLS_ENTRY.S) !== 0;
  h.put(names[0], label);
  h.put(names[1], entry >>> MPLS_ENTRY.TC_SHIFT & MPLS_ENTRY.TC);
  h.put(names[2], bottom);
  h.put(names[3], entry & MPLS_ENTRY.TTL);
  return bottom ? label : undefined;
}

/** The whole stack is one layer. What it carries shows in no field: the first nibble behind it has to tell. */
export const mpls: Protocol = {
  name: 'mpls',
  read(h) {
    let bottom: number | undefined;
    do {
      bottom = labelStackEntry(h, h.length, ['mpls.label', 'mpls.exp', 'mpls.bottom', 'mpls.ttl']);
      h.length += MPLS.LEN;
    } while (bottom === undefined);
    if (bottom === MPLS_LABEL.GAL) return h.next('link', Link.ACH);
    if (h.size === h.length) return undefined;
    const links: Record<number, Link> = { [PW_NIBBLE.CONTROL_WORD]: Link.PW, [PW_NIBBLE.ASSOCIATED_CHANNEL]: Link.ACH, [PW_NIBBLE.IPV4]: Link.IPV4, [PW_NIBBLE.BIER]: Link.BIER_MPLS, [PW_NIBBLE.IPV6]: Link.IPV6 };
    return h.next('link', links[h.number(h.length, 1) >> 4] ?? Link.DATA);
  },
};

/** Control word of an Ethernet pseudowire. */
export const pwethcw: Protocol = {
  name: 'pwethcw',
  read(h) {
    h.length = PW.LEN;
    h.put('pweth.cw', 1);
    h.octets(0, PW.LEN);
    h.dec('pweth.cw.sequence_number', PW.SEQUENCE, 2);
    return h.next('link', Link.ETHERNET);
  },
};

/** Associated channel header, RFC 5586. */
export const pwach: Protocol = {
  name: 'pwach',
  read(h) {
    h.length = PW.LEN;
    h.put('pwach.ver', h.number(0, 1) & 0xf);
    h.hex('pwach.channel_type', 2, 2);
    return h.next('link', Link.DATA);
  },
};

export const vxlan: Protocol = {
  name: 'vxlan',
  read(h) {
    const flags = h.hex('vxlan.flags', VXLAN.FLAGS, 2); // Wireshark counts a reserved octet in, for group policy
    h.put('vxlan.flag_i', (flags >> 8 & VXLAN_FLAG.I) !== 0);
    h.dec('vxlan.gbp', VXLAN.RESERVED + 1, 2);
    h.dec('vxlan.vni', VXLAN.VNI, 3);
    h.dec('vxlan.reserved8', VXLAN.RESERVED2, 1);
    h.length = VXLAN.LEN;
    return h.next('link', Link.ETHERNET);
  },
};

export const geneve: Protocol = {
  name: 'geneve',
  read(h) {
    const first = h.number(GENEVE.VER_OPT_LEN, 1), version = first >> GENEVE_VER_OPT_LEN.VER_SHIFT;
    h.put('geneve.version', version);
    if (version !== 0) h.malformed();
    const options = (first & GENEVE_VER_OPT_LEN.OPT_LEN) * 4;
    h.length = GENEVE.LEN + options;
    h.put('geneve.option.length', options); // Wireshark's name for the sum as well as for each
    const flags = h.number(GENEVE.FLAGS, 1);
    h.put('geneve.flags.oam', (flags & GENEVE_FLAG.O) !== 0);
    h.put('geneve.flags.critical', (flags & GENEVE_FLAG.C) !== 0);
    const type = h.hex('geneve.proto_type', GENEVE.PROTOCOL_TYPE, 2);
    h.hex('geneve.vni', GENEVE.VNI, 3);
    for (let at: number = GENEVE.OPTIONS; at < h.length; ) {
      h.hex('geneve.option.class', at + GENEVE_OPTION.CLASS, 2);
      const kind = h.hex('geneve.option.type', at + GENEVE_OPTION.TYPE, 1);
      h.put('geneve.option.type.critical', (kind & GENEVE_CRITICAL) !== 0);
      const length = GENEVE_OPTION.LEN + (h.number(at + GENEVE_OPTION.LENGTH, 1) & GENEVE_OPTION_WORDS) * 4;
      h.put('geneve.option.length', length);
      if (at + length > h.length) h.malformed();
      h.bytes('geneve.option.data', at + GENEVE_OPTION.DATA, length - GENEVE_OPTION.LEN);
      at += length;
    }
    return type === ETHERTYPE.TEB ? h.next('link', Link.ETHERNET) : h.next('ethertype', type);
  },
};

export const gre: Protocol = {
  name: 'gre',
  read(h) {
    h.octets(0, GRE.LEN);
    const word = h.hex('gre.flags_and_version', GRE.FLAGS_VERSION, 2), version = word & GRE_FLAG.VERSION;
    h.put('gre.flags.checksum', (word & GRE_FLAG.C) !== 0);
    h.put('gre.flags.routing', (word & GRE_FLAG.R) !== 0);
    h.put('gre.flags.key', (word & GRE_FLAG.K) !== 0);
    h.put('gre.flags.sequence_number', (word & GRE_FLAG.S) !== 0);
    h.put('gre.flags.version', version);
    const type = h.hex('gre.proto', GRE.PROTOCOL_TYPE, 2);
    h.length = GRE.LEN;
    if (word & GRE_FLAG.R) return h.next('link', Link.DATA); // source routes
    if (word & GRE_FLAG.C) optional(h, () => h.hex('gre.checksum', h.length, 2));
    if (word & GRE_FLAG.K) optional(h, () => {
      if (version === 0) h.hex('gre.key', h.length, GRE.WORD);
      else {
        h.dec('gre.key.payload_length', h.length, 2);
        h.dec('gre.key.call_id', h.length + 2, 2);
      }
    });
    if (word & GRE_FLAG.S) optional(h, () => h.dec('gre.sequence_number', h.length, GRE.WORD));
    if (version === 1 && word & GRE_FLAG.A) optional(h, () => h.dec('gre.ack_number', h.length, GRE.WORD));
    return type === ETHERTYPE.TEB ? h.next('link', Link.ETHERNET) : h.next('ethertype', type);
  },
};

/** An optional word: read at the end of the header, which it lengthens. */
function optional(h: LayerReader, read: () => void): void {
  read();
  h.length += GRE.WORD;
}
