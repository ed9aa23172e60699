// inner.ts -- the flow inside a tunnel: IP in IP (RFC 2003, 2473), GRE (RFC
// 2784, 2890), VXLAN (RFC 7348), Geneve (RFC 8926), MPLS in GRE, UDP (RFC 7510)
// or IP (RFC 4023).

import { ETH, ETHERTYPE } from "../wire/ethernet";
import { GENEVE, GENEVE_VER_OPT_LEN } from "../wire/geneve";
import { GRE, GRE_FLAG } from "../wire/gre";
import { IP_PROTOCOL } from "../wire/ip";
import { MPLS, MPLS_ENTRY } from "../wire/mpls";
import { UDP, UDP_PORT } from "../wire/udp";
import { VLAN } from "../wire/vlan";
import { VXLAN } from "../wire/vxlan";
import { flowAt } from "./flow";
import { be16, be32 } from "./packet";

/** Tunnels looked into, one in another. */
export const TUNNELS_MAX: u32 = 4;
/** Labels passed on the way to the bottom of a stack; tags to the type of a frame. */
const LABELS_MAX: u32 = 16, TAGS_MAX: u32 = 2;

/**
 * Flow hash of the packet inside the tunnel header at `p`.
 * @param left bytes from there that can be read
 * @returns 0 when there is no tunnel, or no IP packet in it
 */
export function inner(p: usize, left: u32, protocol: u32, fields: u32, salt: u32, depth: u32): u32 {
  if (protocol == <u32>IP_PROTOCOL.IPIP || protocol == <u32>IP_PROTOCOL.IPV6) return flowAt(p, left, fields, salt, depth + 1);
  if (protocol == <u32>IP_PROTOCOL.MPLS) return stack(p, left, fields, salt, depth);
  if (protocol == <u32>IP_PROTOCOL.ETHERNET) return frame(p, left, fields, salt, depth);
  if (protocol == <u32>IP_PROTOCOL.GRE) return gre(p, left, fields, salt, depth);
  return protocol == <u32>IP_PROTOCOL.UDP ? udp(p, left, fields, salt, depth) : 0;
}

function gre(p: usize, left: u32, fields: u32, salt: u32, depth: u32): u32 {
  if (left < <u32>GRE.LEN) return 0;
  const flags = be16(p + GRE.FLAGS_VERSION);
  if (flags & (GRE_FLAG.VERSION | GRE_FLAG.R)) return 0;
  const words = u32((flags & GRE_FLAG.C) != 0) + u32((flags & GRE_FLAG.K) != 0) + u32((flags & GRE_FLAG.S) != 0);
  return typed(be16(p + GRE.PROTOCOL_TYPE), p, GRE.LEN + words * GRE.WORD, left, fields, salt, depth);
}

function udp(p: usize, left: u32, fields: u32, salt: u32, depth: u32): u32 {
  if (left < <u32>UDP.LEN) return 0;
  const port = be16(p + UDP.DST_PORT);
  p += UDP.LEN;
  left -= UDP.LEN;
  if (port == <u32>UDP_PORT.VXLAN || port == <u32>UDP_PORT.VXLAN_LINUX) return typed(ETHERTYPE.TEB, p, VXLAN.LEN, left, fields, salt, depth);
  if (port == <u32>UDP_PORT.MPLS) return stack(p, left, fields, salt, depth);
  if (port != <u32>UDP_PORT.GENEVE || left < <u32>GENEVE.OPTIONS) return 0;
  const options = (<u32>load<u8>(p, GENEVE.VER_OPT_LEN) & GENEVE_VER_OPT_LEN.OPT_LEN) << 2;
  return typed(be16(p + GENEVE.PROTOCOL_TYPE), p, GENEVE.OPTIONS + options, left, fields, salt, depth);
}

/** What an ethertype announces, `n` bytes on. A frame in a frame counts as a tunnel. */
function typed(type: u32, p: usize, n: u32, left: u32, fields: u32, salt: u32, depth: u32): u32 {
  if (n > left || depth >= TUNNELS_MAX) return 0;
  if (type == <u32>ETHERTYPE.IPV4 || type == <u32>ETHERTYPE.IPV6) return flowAt(p + n, left - n, fields, salt, depth + 1);
  if (type == <u32>ETHERTYPE.MPLS) return stack(p + n, left - n, fields, salt, depth);
  return type == <u32>ETHERTYPE.TEB ? frame(p + n, left - n, fields, salt, depth + 1) : 0;
}

function frame(p: usize, left: u32, fields: u32, salt: u32, depth: u32): u32 {
  let n: u32 = ETH.LEN;
  for (let i: u32 = 0; i < TAGS_MAX && n <= left && isTag(be16(p + n - 2)); i++) n += VLAN.LEN;
  return n <= left ? typed(be16(p + n - 2), p, n, left, fields, salt, depth) : 0;
}

function isTag(type: u32): bool {
  return type == <u32>ETHERTYPE.VLAN || type == <u32>ETHERTYPE.S_VLAN;
}

/** An IP packet below a label stack: its first nibble says so (RFC 4928). */
function stack(p: usize, left: u32, fields: u32, salt: u32, depth: u32): u32 {
  for (let i: u32 = 0; i < LABELS_MAX && (i + 1) * <u32>MPLS.LEN <= left; i++)
    if (be32(p + i * MPLS.LEN) & <u32>MPLS_ENTRY.S) return flowAt(p + (i + 1) * MPLS.LEN, left - (i + 1) * MPLS.LEN, fields, salt, depth + 1);
  return 0;
}
