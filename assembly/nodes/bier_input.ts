// bier_input.ts -- node: a BIER packet without MPLS finds its forwarding table.
//
// RFC 8296 section 2.2: the BIFT-id stands where a label would; TC, S and the
// first nibble behind mean something in MPLS networks only and are ignored.
// They are made what they would be there, so that bier_forward need not ask.
//
//   in   | Ethernet | BIER header | bit string | payload
//   out  the same, TC 0, S 1, nibble 5
//
// cfg    Switch.BIFTS
// edges  1 bier_forward
// sets   HIT

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { labelOf } from "../lib/mpls";
import { at, be32, data, drop, dropShort, forward, len, put32 } from "../lib/packet";
import { exact32_get, MISS } from "../tables/exact32";
import { BIER, BIER_FORM, BIER_NIBBLE } from "../wire/bier";
import { MPLS_ENTRY } from "../wire/mpls";

const BIER_FORWARD = 1;

export function bier_input(vec: usize, n: u32, sw: usize): void {
  const bifts = <usize>load<u32>(sw, Switch.BIFTS);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
    if (len(d) < l3 + BIER.LEN) {
      dropShort(d, l3 + BIER.LEN);
      continue;
    }
    const word = be32(p), bift = exact32_get(bifts, labelOf(word));
    if (bift == MISS) {
      drop(d, Drop.BIER_BIFT_UNKNOWN);
      continue;
    }
    put32(p, (word & ~(MPLS_ENTRY.TC << MPLS_ENTRY.TC_SHIFT)) | MPLS_ENTRY.S);
    store<u8>(p, (load<u8>(p, BIER.FORM) & 0x0f) | (BIER_NIBBLE.MPLS << (BIER_FORM.NIBBLE_SHIFT - 24)), BIER.FORM);
    store<u32>(d, bift, Packet.HIT);
    forward(d, BIER_FORWARD);
  }
}
