// label_stack.ts -- the label stack that a packet came with, as an extension
// of the ICMP error about it: RFC 4884 section 7, RFC 4950 section 4.
//
//   | version, checksum | length, class 1, type 1 | label stack entries |

import { checksum } from "../lib/checksum";
import { put16 } from "../lib/packet";
import { ICMP_EXT, ICMP_EXT_CLASS, ICMP_EXT_MPLS_INCOMING, ICMP_EXT_OBJECT, ICMP_EXT_VERSION_2 } from "../wire/icmp_ext";

/** Bytes of the extension for a stack of `labels` bytes. */
export function labelStackSize(labels: u32): u32 {
  return ICMP_EXT.LEN + ICMP_EXT_OBJECT.LEN + labels;
}

/** Write it at `p`, where all is zero. */
export function labelStackExtension(p: usize, stack: usize, labels: u32): void {
  const object = p + ICMP_EXT.LEN;
  store<u8>(p, ICMP_EXT_VERSION_2, ICMP_EXT.VERSION);
  put16(object + ICMP_EXT_OBJECT.LENGTH, ICMP_EXT_OBJECT.LEN + labels);
  store<u8>(object, ICMP_EXT_CLASS.MPLS_LABEL_STACK, ICMP_EXT_OBJECT.CLASS_NUM);
  store<u8>(object, ICMP_EXT_MPLS_INCOMING, ICMP_EXT_OBJECT.C_TYPE);
  memory.copy(object + ICMP_EXT_OBJECT.LEN, stack, labels);
  store<u16>(p, <u16>checksum(p, labelStackSize(labels)), ICMP_EXT.CHECKSUM);
}
