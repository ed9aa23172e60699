// bier.ts -- Bit Index Explicit Replication, RFC 8296. Wireshark reads it
// behind MPLS only, and names nothing of the first word, which is the label
// there; those names are ours.

import { BIER, BIER_BSL, BIER_FORM, BIER_PROTO, BIER_PROTO_WORD } from '../../../assembly/wire/bier.ts';
import { labelStackEntry } from './tunnel.ts';
import { hex, type LayerReader, Link, type Next, type Protocol } from './layer.ts';

/** What each Proto leads to. */
const PAYLOADS: Readonly<Record<number, Link>> = {
  [BIER_PROTO.MPLS]: Link.MPLS, [BIER_PROTO.MPLS_UPSTREAM]: Link.MPLS, [BIER_PROTO.ETHERNET]: Link.ETHERNET, [BIER_PROTO.IPV4]: Link.IPV4, [BIER_PROTO.IPV6]: Link.IPV6,
};

/** All behind the first word. @param at of BIER.FORM */
function read(h: LayerReader, at: number): Next {
  const form = h.number(at, 4), bsl = form >>> BIER_FORM.BSL_SHIFT & BIER_FORM.BSL;
  h.put('bier.nibble', hex(form >>> BIER_FORM.NIBBLE_SHIFT, 2));
  h.put('bier.ver', form >>> BIER_FORM.VERSION_SHIFT & 0xf);
  h.put('bier.bsl', bsl);
  h.put('bier.entropy', hex(form & BIER_FORM.ENTROPY, 6));
  const word = h.number(at + BIER.PROTO - BIER.FORM, 2);
  h.put('bier.oam', hex(word >> BIER_PROTO_WORD.OAM_SHIFT, 2));
  h.put('bier.rsv', hex(word >> BIER_PROTO_WORD.RSV_SHIFT & BIER_PROTO_WORD.RSV, 2));
  h.put('bier.dscp', hex(word >> BIER_PROTO_WORD.DSCP_SHIFT & BIER_PROTO_WORD.DSCP, 4));
  const proto = word & BIER_PROTO_WORD.PROTO;
  h.put('bier.proto', hex(proto, 2));
  h.dec('bier.bfir-id', at + BIER.BFIR_ID - BIER.FORM, 2);
  if (bsl < BIER_BSL.BITS_64 || bsl > BIER_BSL.BITS_4096) h.malformed();
  const bytes = 8 << (bsl - BIER_BSL.BITS_64), from = at + BIER.BIT_STRING - BIER.FORM;
  h.length = from + bytes;
  h.bytes('bier.bitstring', from, bytes);
  return h.next('link', PAYLOADS[proto] ?? Link.DATA);
}

/** Behind ETHERTYPE.BIER: the first word is BIER's. */
export const bier: Protocol = {
  name: 'bier',
  read(h) {
    labelStackEntry(h, BIER.BIFT, ['bier.bift_id', 'bier.tc', 'bier.s', 'bier.ttl']);
    return read(h, BIER.FORM);
  },
};

/** Behind a label stack, of which the first word was the bottom. */
export const bierMpls: Protocol = { name: 'bier', read: h => read(h, 0) };
