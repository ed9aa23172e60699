// bier_forward.ts -- node: one copy of a BIER packet for each neighbour that
// has receivers behind it, and one for ourselves.
//
// RFC 8279 section 6.5: while a bit is set, its row names a neighbour; what the
// neighbour's forwarding bit mask (F-BM) leaves of the bit string goes there,
// and those bits are done. So no receiver gets a packet twice, and none goes to
// a neighbour without receivers. Section 6.7.2: of several equal-cost ways the
// entropy chooses by choosing the table. RFC 8296 sections 2.1.1 and 2.1.2
// (TTL: one that is used up still reaches ourselves; version, bit string
// length, nibble; OAM, DSCP and entropy are kept). The packet itself goes to
// the first neighbour and copies to the others, all or none.
//
//   in   | anything, L3 bytes | BIER header | bit string        | payload
//   out  | Hop.REWRITE        | BIER header | bit string & F-BM | payload   TTL one less
//        the packet unchanged, for ourselves
//
// cfg    Packet.HIT: Bift
// edges  1 bier_decap, 2 port_tx, 3 bridge_forward
// sets   HIT: BierNeighbor; DATA, LEN, ORIG, L3, TX_PORT, IFACE

import { Bift, BierNeighbor } from "../abi/bier";
import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { emit, starved, wait } from "../lib/emit";
import { hash32, reduce } from "../lib/hash";
import { at, be32, data, drop, dropShort, forward, len, put32, wireLen } from "../lib/packet";
import { available, clone } from "../lib/pool";
import { rewrite } from "../lib/rewrite";
import { BIER, BIER_FORM, BIER_NIBBLE } from "../wire/bier";
import { MPLS_ENTRY } from "../wire/mpls";

const DECAP = 1, PORT_TX = 2, BRIDGE_FORWARD = 3;

/** Nibble, version 0 and BSL of BIER.FORM. */
const FORM_SHIFT: u32 = BIER_FORM.BSL_SHIFT, FORM: u32 = BIER_NIBBLE.MPLS << (BIER_FORM.NIBBLE_SHIFT - BIER_FORM.BSL_SHIFT);

/** Scratch of the packet at work: bits still to be served, set bits that lead nowhere, our own BierNeighbor, all BierNeighbors found. */
enum Work { BITS = 0, UNKNOWN = 512, SELF = 516, LIST = 520 }

export function bier_forward(vec: usize, n: u32, sw: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL), work = <usize>load<u32>(sw, Switch.SCRATCH);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), bift = <usize>load<u32>(d, Packet.HIT);
    if (!valid(d, bift)) continue;
    const word = be32(data(d) + <usize>load<u16>(d, Packet.L3)), ours = (load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED) != 0;
    const found = receivers(sw, d, bift, work), ttl = word & MPLS_ENTRY.TTL;
    let self = <usize>load<u32>(work, Work.SELF);
    if (!ours && ttl == 0) self = 0;
    const expired = !ours && ttl <= 1 && found > u32(self != 0);
    if (!found || (expired && !self)) {
      count(bift + Bift.UNKNOWN, load<u32>(work, Work.UNKNOWN));
      drop(d, found ? Drop.BIER_TTL_EXCEEDED : Drop.BIER_NO_RECEIVER);
      continue;
    }
    const copies: u32 = expired ? 1 : found - 1;
    if (available(pool, len(d)) < copies) {
      if (!starved(sw)) return wait(sw, i);
      drop(d, Drop.NO_BUFFER);
      store<u32>(sw, 0, Switch.STARVED); // this one was too many; the next may fit
      continue;
    }
    count(bift + Bift.UNKNOWN, load<u32>(work, Work.UNKNOWN));
    const low = (word & (MPLS_ENTRY.TC << MPLS_ENTRY.TC_SHIFT)) | (ttl - u32(!ours));
    for (let c: u32 = 0; c < copies; c++) {
      const copy = clone(pool, d);
      send(copy, expired ? self : <usize>load<u32>(work + ((c + 1) << 2), Work.LIST), bift, low);
      emit(sw, copy, load<u8>(copy, Packet.EDGE));
    }
    if (expired) drop(d, Drop.BIER_TTL_EXCEEDED);
    else send(d, <usize>load<u32>(work, Work.LIST), bift, low);
  }
}

/** Whether the packet has the header and bit string that its table wants; dropped when not. */
function valid(d: usize, bift: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, need = l3 + BIER.LEN + load<u16>(bift, Bift.BYTES);
  if (len(d) >= l3 + BIER.LEN && (be32(p + BIER.FORM) >> FORM_SHIFT != (FORM | load<u8>(bift, Bift.BSL)) || !(be32(p) & MPLS_ENTRY.S))) drop(d, Drop.BIER_HEADER);
  else if (len(d) < need) dropShort(d, need);
  else return true;
  return false;
}

function count(at: usize, n: u64): void {
  store<u64>(at, load<u64>(at) + n);
}

/** Fill Work for the packet. @returns neighbours in the list, our own bit counted */
function receivers(sw: usize, d: usize, bift: usize, work: usize): u32 {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), size = <u32>load<u16>(bift, Bift.BYTES), tables = <u32>load<u8>(bift, Bift.TABLES);
  let rows = <usize>load<u32>(bift, Bift.ROWS);
  if (tables > 1) rows += <usize>(reduce(hash32(be32(p + BIER.FORM) & BIER_FORM.ENTROPY, load<u32>(sw, Switch.SEED)), tables) * size) << 5;
  for (let b: u32 = 0; b < size; b += 8) store<u64>(work + b, load<u64>(p + b, BIER.BIT_STRING));
  let found: u32 = 0, unknown: u32 = 0, self: u32 = 0;
  for (let b = size; b; b -= 8, rows += 64 * 4) {
    let bits = bswap<u64>(load<u64>(work + b - 8));
    while (bits) {
      const neighbor = load<u32>(rows + (<usize>ctz(bits) << 2));
      if (!neighbor) {
        unknown++;
        bits &= bits - 1;
        continue;
      }
      const mask = <usize>neighbor + BierNeighbor.F_BM;
      bits &= ~bswap<u64>(load<u64>(mask + b - 8));
      without(work, mask, b - 8);
      if (!load<u32>(neighbor, BierNeighbor.HOP)) self = neighbor;
      store<u32>(work + (<usize>found << 2), neighbor, Work.LIST);
      found++;
    }
  }
  store<u32>(work, unknown, Work.UNKNOWN);
  store<u32>(work, self, Work.SELF);
  return found;
}

/** Clear the bits of `mask` in the `n` bytes at `bits`; n is a multiple of 8. */
function without(bits: usize, mask: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16) v128.store(bits + i, v128.andnot(v128.load(bits + i), v128.load(mask + i)));
  if (i < n) store<u64>(bits + i, load<u64>(bits + i) & ~load<u64>(mask + i));
}

/** Make `d` the copy for one neighbour. @param low TC and TTL to send */
function send(d: usize, neighbor: usize, bift: usize, low: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, hop = <usize>load<u32>(neighbor, BierNeighbor.HOP), bytes = wireLen(d) - l3;
  store<u32>(d, <u32>neighbor, Packet.HIT);
  if (hop && bytes > <u32>load<u16>(hop, Hop.MTU)) return drop(d, Drop.MTU_EXCEEDED);
  count(neighbor + BierNeighbor.PACKETS, 1);
  count(neighbor + BierNeighbor.BYTES, bytes);
  if (!hop) return forward(d, DECAP);
  const nibble = load<u8>(neighbor, BierNeighbor.NIBBLE);
  // TC means nothing where there is no MPLS: 0 (RFC 8296 section 2.2.1.1).
  put32(p, load<u32>(neighbor, BierNeighbor.WORD) | (nibble ? low : low & MPLS_ENTRY.TTL));
  store<u8>(p, nibble, BIER.FORM); // and version 0
  for (let b: u32 = 0, size = <u32>load<u16>(bift, Bift.BYTES); b < size; b += 8)
    store<u64>(p + b, load<u64>(p + b, BIER.BIT_STRING) & load<u64>(neighbor + b, BierNeighbor.F_BM), BIER.BIT_STRING);
  if (rewrite(d, hop)) forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
}
