// ip4_fragment.ts -- node: cut an IPv4 packet that is too long for its link.
//
// RFC 791 section 3.2 (the procedure; options with the copied flag go into
// every fragment), RFC 1812 section 5.3.1: ip4_rewrite has done the TTL. The
// packet becomes the first fragment, copies carry the rest; all of them have
// the hop's L2 header. A fragment is cut like any packet. A cut capture frame
// stays cut: fragments of bytes that were not captured are as short.
//
//   in   | anything, L3 bytes | IPv4 | payload
//   out  | Hop.REWRITE | IPv4 | first part   and one frame for each other part
//
// cfg    Packet.HIT: Hop; MTU
// edges  1 port_tx, 2 bridge_forward, 3 mpls_push, 4 vxlan_encap, 5 srv6_encaps,
//        6 esp_encrypt, 7 bier_encap
//        (the hop is a tunnel: the fragments go back to it without an L2 header)
// sets   DATA, LEN, ORIG, L3, L4, TX_PORT, IFACE

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { checksum } from "../lib/checksum";
import { emit, starved, wait } from "../lib/emit";
import { at, be16, data, drop, forward, len, put16, wireLen } from "../lib/packet";
import { alloc, pool_fits } from "../lib/pool";
import { rewrite } from "../lib/rewrite";
import { IP4, IP4_FRAGMENT, IP4_OPTION } from "../wire/ip4";

const PORT_TX = 1, BRIDGE_FORWARD = 2, MPLS_PUSH = 3, VXLAN_ENCAP = 4, SRV6_ENCAPS = 5, ESP_ENCRYPT = 6, BIER_ENCAP = 7;

/** Fragment offsets count units of eight bytes. */
const UNIT_SHIFT = 3, UNIT: u32 = 8;
/** Bit of an option type: every fragment has it. */
const COPIED: u8 = 0x80;

export function ip4_fragment(vec: usize, n: u32, sw: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), mtu = <u32>load<u16>(hop, Hop.MTU);
    const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, header = (<u32>load<u8>(p) & 15) << 2;
    const payload = wireLen(d) - l3 - header;
    if (mtu < header + UNIT) {
      drop(d, Drop.FRAGMENTATION_NEEDED);
      continue;
    }
    const first = (mtu - header) & ~(UNIT - 1), rest = payload - first;
    const part = (mtu - IP4.LEN - copiedOptions(p, header, 0)) & ~(UNIT - 1), copies = (rest + part - 1) / part;
    // Beyond the reach of the offset field: no datagram is that long.
    if ((be16(p + IP4.FLAGS_OFFSET) & IP4_FRAGMENT.OFFSET) + (payload >> UNIT_SHIFT) > <u32>IP4_FRAGMENT.OFFSET) {
      drop(d, Drop.IP4_TOTAL_LENGTH);
      continue;
    }
    if (pool_fits(pool, mtu) < copies) {
      if (!starved(sw)) return wait(sw, i);
      drop(d, Drop.NO_BUFFER);
      continue;
    }
    const edge = edgeOf(load<u8>(hop)), tunnel = edge >= <u32>MPLS_PUSH;
    // The TTL is done: the tunnel must take it as it is.
    if (tunnel) store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.ORIGINATED, Packet.FLAGS);
    for (let from = first; from < payload; from += part) {
      const c = fragment(pool, d, header, from, min<u32>(part, payload - from));
      if (!tunnel) rewrite(c, hop); // a fresh packet has the headroom
      emit(sw, c, edge);
    }
    shorten(d, l3, header, first);
    if (tunnel || rewrite(d, hop)) forward(d, edge);
  }
}

/** Where fragments of a hop of this kind go. */
function edgeOf(kind: u32): u32 {
  if (kind == <u32>HopKind.MPLS_PUSH) return MPLS_PUSH;
  if (kind == <u32>HopKind.VXLAN_ENCAP) return VXLAN_ENCAP;
  if (kind == <u32>HopKind.SRV6_ENCAPS) return SRV6_ENCAPS;
  if (kind == <u32>HopKind.ESP_ENCRYPT) return ESP_ENCRYPT;
  if (kind == <u32>HopKind.BIER_ENCAP) return BIER_ENCAP;
  return kind == <u32>HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX;
}

/** The later fragment of `d` with `bytes` of its payload from `from` on; L3 is 0. Precondition: a buffer is free. */
function fragment(pool: usize, d: usize, header: u32, from: u32, bytes: u32): usize {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, h = IP4.LEN + copiedOptions(p, header, 0);
  const at = l3 + header + from, captured = len(d) > at ? min<u32>(bytes, len(d) - at) : 0;
  const c = alloc(pool, h + captured), q = data(c);
  memory.copy(c + Packet.HIT, d + Packet.HIT, Packet.CLASS - Packet.HIT);
  store<u8>(c, load<u8>(d, Packet.FLAGS) | PacketFlag.COPY, Packet.FLAGS);
  store<u32>(c, h + bytes, Packet.ORIG);
  store<u16>(c, 0, Packet.L3);
  memory.copy(q, p, IP4.LEN);
  copiedOptions(p, header, q + IP4.LEN);
  memory.copy(q + h, data(d) + at, captured);
  const was = be16(p + IP4.FLAGS_OFFSET), last = at + bytes == wireLen(d);
  finish(q, h, bytes, (was + (from >> UNIT_SHIFT)) | (last ? 0 : IP4_FRAGMENT.MF));
  return c;
}

/** Make `d` the first fragment: `bytes` of payload. */
function shorten(d: usize, l3: u32, header: u32, bytes: u32): void {
  const p = data(d) + l3, end = l3 + header + bytes;
  store<u32>(d, end, Packet.ORIG);
  store<u32>(d, min<u32>(len(d), end), Packet.LEN);
  finish(p, header, bytes, be16(p + IP4.FLAGS_OFFSET) | IP4_FRAGMENT.MF);
}

/** Lengths, offset and checksum of a fragment's header. */
function finish(p: usize, header: u32, bytes: u32, flagsOffset: u32): void {
  store<u8>(p, 0x40 | (header >> 2), IP4.VERSION_IHL);
  put16(p + IP4.TOTAL_LENGTH, header + bytes);
  put16(p + IP4.FLAGS_OFFSET, flagsOffset);
  store<u16>(p, 0, IP4.CHECKSUM);
  store<u16>(p, <u16>checksum(p, header), IP4.CHECKSUM);
}

/**
 * Options that a later fragment carries, padded with END to a multiple of four.
 * @param to where to write them, 0 for counting only
 * @returns bytes. What stands behind an option of impossible length is left out
 */
function copiedOptions(p: usize, header: u32, to: usize): u32 {
  let n: u32 = 0;
  for (let o: u32 = IP4.LEN; o < header; ) {
    const type = load<u8>(p + o);
    if (type == IP4_OPTION.END) break;
    const size = type == IP4_OPTION.NOP ? 1 : o + 1 < header ? <u32>load<u8>(p + o, 1) : 0;
    if (size == 0 || o + size > header) break;
    if (type & COPIED) {
      if (to) memory.copy(to + n, p + o, size);
      n += size;
    }
    o += size;
  }
  const padded = (n + 3) & ~3;
  if (to) memory.fill(to + n, 0, padded - n);
  return padded;
}
