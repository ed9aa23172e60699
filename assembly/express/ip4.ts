// ip4.ts -- plain IPv4 packets from port to port in one go.
//
// Short loops over the vector, and no call in those that every packet goes
// through: V8 keeps what lives across a call in memory, whether the call is
// made or not, and wasm has no prefetch, so that only a tight loop has the
// cache misses of many packets under way. Node by node and so, ns/packet in
// turn (bench/ab.ts, two busy cores): 30 and 20 hot, 59 and 48 where packets
// and a million prefixes come from memory; IPv6 85 and 35 with the lookup's
// cache, 166 and 100.
//
//   judge   is the packet plain? where its lookup begins, and what stands there
//   finish  its hop; if that is the end of the way it is rewritten and leaves
//
//   in   the packets that wait at ethernet_input
//   out  those that are done are in Pool.TX_LIST; the others stand at the
//        front of `vec`, untouched; or, if the whole vector was plain, taken
//        as far as ip4_lookup, HIT and EDGE set

import { LOOKED_UP } from "../abi/express";
import { Packet, VEC_MAX } from "../abi/packet";
import { Port } from "../abi/port";
import { Switch } from "../abi/switch";
import { L3Edge } from "../lib/l3_input";
import { at, be32, data, len, wireLen } from "../lib/packet";
import { endsAt, Plain, plain4, plainFrame, plainPort, TYPE_IP4 } from "../lib/plain";
import { replaceHeader } from "../lib/rewrite";
import { ttlStep } from "../originate/hop4";
import { take4 } from "../originate/take4";
import { lpm4_default_of, lpm4_get, lpm4_trie_of, MISS } from "../tables/lpm4";
import { trie4_below, trie4_slot, trie4_value } from "../tables/trie4";
import { ETH } from "../wire/ethernet";
import { ECN } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { countIn, countOut, leave } from "./way";

/**
 * Scratch of a packet: destination (host order; 0: not plain), its entry of the
 * trie, VRF and place. Of packets that are left, ENTRY is the Hop.
 */
enum Key { DST = 0, ENTRY = 4, VRF = 8, PLACE = 12, SIZEOF = 16 }
/** Behind the keys: what frames are compared with; handles that are done. */
const PLAIN: u32 = VEC_MAX * Key.SIZEOF, DONE: u32 = PLAIN + Plain.SIZEOF;

/** @returns how many packets are left, with LOOKED_UP where it applies */
export function express4(sw: usize, way: usize, vec: usize, n: u32): u32 {
  const keys = <usize>load<u32>(sw, Switch.SCRATCH), done = keys + DONE, plain = judge(sw, vec, n, keys);
  if (!plain) return n;
  const fib = <usize>load<u32>(sw, Switch.FIB4), vrf = oneVrf(keys, n), trie = vrf < 0 ? 0 : lpm4_trie_of(fib, <u32>vrf);
  if (!trie) lookUp(fib, n, keys);
  const other = trie ? lpm4_default_of(fib, <u32>vrf) : MISS;
  const out = finish(sw, vec, n, keys, trie, other == MISS ? load<u32>(sw, Switch.NO_ROUTE) : other, done), left = n - out;
  countOut(sw, way, done, out, countIn(sw, way, L3Edge.IP4, done, out));
  if (plain < n) return left;
  countIn(sw, way, L3Edge.IP4, vec, left);
  for (let i: u32 = 0, key = keys; i < left; i++, key += Key.SIZEOF) {
    const d = at(vec, i);
    store<u32>(d, load<u32>(key, Key.PLACE), Packet.IFACE); // and L3 behind it
    store<u32>(d, load<u32>(key, Key.VRF), Packet.DOMAIN);
    store<u32>(d, ETH.LEN + IP4.LEN, Packet.L4); // and no drop reason behind it
    store<u8>(d, load<u8>(data(d), ETH.LEN + IP4.TOS) & ECN.MASK, Packet.ECN);
    take4(sw, d, load<u32>(key, Key.ENTRY));
  }
  return left | LOOKED_UP;
}

/** @returns how many packets are plain */
function judge(sw: usize, vec: usize, n: u32, keys: usize): u32 {
  const fib = <usize>load<u32>(sw, Switch.FIB4), ports = <usize>load<u32>(sw, Switch.PORTS), q = keys + PLAIN;
  let plain: u32 = 0;
  for (let i: u32 = 0; i < n; ) {
    const rx = <u32>load<u16>(at(vec, i), Packet.RX_PORT), trie = plainPort(q, ports + rx * Port.SIZEOF) ? lpm4_trie_of(fib, load<u32>(q, Plain.DOMAIN)) : 0;
    const place = load<u64>(q, Plain.DOMAIN); // and PLACE
    for (; i < n; i++) {
      const d = at(vec, i), p = data(d), wire = wireLen(d), key = keys + i * Key.SIZEOF;
      if (load<u16>(d, Packet.RX_PORT) != rx) break;
      store<u32>(key, 0);
      if (len(d) < <u32>(ETH.LEN + IP4.LEN)) continue;
      if (<u32>load<u16>(p, ETH.ETHERTYPE) != TYPE_IP4) continue;
      if (!plainFrame(q, p, wire)) continue;
      if (!plain4(p + ETH.LEN, wire - ETH.LEN)) continue;
      const dst = be32(p + ETH.LEN + IP4.DST);
      store<u32>(key, dst);
      store<u32>(key, trie ? load<u32>(trie4_slot(trie, dst)) : 0, Key.ENTRY);
      store<u64>(key, place, Key.VRF);
      plain++;
    }
  }
  return plain;
}

/** The VRF of the plain packets; -1: there are several. */
function oneVrf(keys: usize, n: u32): i32 {
  let vrf: i32 = -1;
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    if (!load<u32>(key) || load<i32>(key, Key.VRF) == vrf) continue;
    if (vrf >= 0) return -1;
    vrf = load<i32>(key, Key.VRF);
  }
  return vrf;
}

/** VRFs without a trie, or several: entries as a trie would have them, its default route among them. */
function lookUp(fib: usize, n: u32, keys: usize): void {
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    if (!load<u32>(key)) continue;
    const found = lpm4_get(fib, load<u32>(key, Key.VRF), load<u32>(key));
    store<u32>(key, found == MISS ? 0 : found, Key.ENTRY);
  }
}

/** Send what can be sent: to `done`; the others, and their keys, go to the front. @param other hop where there is no entry @returns how many are done */
function finish(sw: usize, vec: usize, n: u32, keys: usize, trie: usize, other: u32, done: usize): u32 {
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  let end = done, to = vec, into = keys;
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    const d = at(vec, i), dst = load<u32>(key);
    if (dst) {
      let entry = load<u32>(key, Key.ENTRY);
      if (trie) entry = trie4_below(trie, entry, dst);
      const hop = entry ? trie4_value(entry) : <usize>other, p = data(d), word = load<u32>(p, ETH.LEN + IP4.TTL);
      if ((word & 0xff) > 1) if (endsAt(hop, ports, wireLen(d))) {
        leave(d, hop, load<u32>(key, Key.VRF), load<u32>(key, Key.PLACE), ETH.LEN + IP4.LEN, load<u8>(p, ETH.LEN + IP4.TOS) & ECN.MASK);
        store<u32>(p, ttlStep(word), ETH.LEN + IP4.TTL);
        replaceHeader(p, hop);
        store<u32>(end, <u32>d);
        end += 4;
        continue;
      }
      store<u32>(into, <u32>hop, Key.ENTRY);
      store<u64>(into, load<u64>(key, Key.VRF), Key.VRF);
    }
    into += Key.SIZEOF;
    store<u32>(to, <u32>d);
    to += 4;
  }
  return <u32>(end - done) >> 2;
}
