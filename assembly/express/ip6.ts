// ip6.ts -- plain IPv6 packets from port to port in one go; as ip4.ts does it.

import { LOOKED_UP } from "../abi/express";
import { Packet, VEC_MAX } from "../abi/packet";
import { Port } from "../abi/port";
import { Switch } from "../abi/switch";
import { L3Edge } from "../lib/l3_input";
import { at, data, len, wireLen } from "../lib/packet";
import { endsAt, Plain, plain6, plainFrame, plainPort, TYPE_IP6 } from "../lib/plain";
import { replaceHeader } from "../lib/rewrite";
import { take6 } from "../originate/take6";
import { Lookup6, lpm6_get_many, MISS } from "../tables/lpm6";
import { ETH } from "../wire/ethernet";
import { ECN } from "../wire/ip";
import { IP6 } from "../wire/ip6";
import { countIn, countOut, leave } from "./way";

/** Scratch of a packet: its Lookup6 (0: not plain), VRF and place. Of packets that are left, HIT is the Hop. */
enum Key { HIT = 0, VRF = 8, PLACE = 12, SIZEOF = 16 }
/** Behind the keys: those of the lookup and room for it; handles that are done; what frames are compared with. */
const LOOKUPS: u32 = VEC_MAX * Key.SIZEOF, MISSES: u32 = LOOKUPS + VEC_MAX * Lookup6.SIZEOF, DONE: u32 = MISSES + VEC_MAX * 4, PLAIN: u32 = DONE + VEC_MAX * 4;

/** @returns how many packets are left, with LOOKED_UP where it applies */
export function express6(sw: usize, way: usize, vec: usize, n: u32): u32 {
  const keys = <usize>load<u32>(sw, Switch.SCRATCH), done = keys + DONE, plain = judge(sw, vec, n, keys);
  if (!plain) return n;
  lpm6_get_many(load<u32>(sw, Switch.FIB6), keys + LOOKUPS, plain, keys + MISSES);
  const out = finish(sw, vec, n, keys, done), left = n - out;
  countOut(sw, way, done, out, countIn(sw, way, L3Edge.IP6, done, out));
  if (plain < n) return left;
  countIn(sw, way, L3Edge.IP6, vec, left);
  for (let i: u32 = 0, key = keys; i < left; i++, key += Key.SIZEOF) {
    const d = at(vec, i);
    store<u32>(d, load<u32>(key, Key.PLACE), Packet.IFACE); // and L3 behind it
    store<u32>(d, load<u32>(key, Key.VRF), Packet.DOMAIN);
    store<u32>(d, ETH.LEN + IP6.LEN, Packet.L4); // and no drop reason behind it
    store<u8>(d, (load<u8>(data(d), ETH.LEN + 1) >> 4) & ECN.MASK, Packet.ECN);
    take6(sw, d, load<u32>(key));
  }
  return left | LOOKED_UP;
}

/** @returns how many packets are plain */
function judge(sw: usize, vec: usize, n: u32, keys: usize): u32 {
  const ports = <usize>load<u32>(sw, Switch.PORTS), q = keys + PLAIN, lookups = keys + LOOKUPS;
  let lookup = lookups;
  for (let i: u32 = 0; i < n; ) {
    const rx = <u32>load<u16>(at(vec, i), Packet.RX_PORT);
    plainPort(q, ports + rx * Port.SIZEOF);
    const place = load<u64>(q, Plain.DOMAIN); // and PLACE
    for (; i < n; i++) {
      const d = at(vec, i), p = data(d), wire = wireLen(d), key = keys + i * Key.SIZEOF;
      if (load<u16>(d, Packet.RX_PORT) != rx) break;
      store<u32>(key, 0);
      if (len(d) < <u32>(ETH.LEN + IP6.LEN)) continue;
      if (<u32>load<u16>(p, ETH.ETHERTYPE) != TYPE_IP6) continue;
      if (!plainFrame(q, p, wire)) continue;
      if (!plain6(p + ETH.LEN, wire - ETH.LEN)) continue;
      store<u64>(lookup, bswap<u64>(load<u64>(p, ETH.LEN + IP6.DST)));
      store<u64>(lookup, bswap<u64>(load<u64>(p, ETH.LEN + IP6.DST + 8)), Lookup6.LO);
      store<u32>(lookup, <u32>place, Lookup6.VRF);
      store<u32>(key, <u32>lookup);
      store<u64>(key, place, Key.VRF);
      lookup += Lookup6.SIZEOF;
    }
  }
  return <u32>(lookup - lookups) / Lookup6.SIZEOF;
}

/** Send what can be sent: to `done`; the others, and their keys, go to the front. @returns how many are done */
function finish(sw: usize, vec: usize, n: u32, keys: usize, done: usize): u32 {
  const ports = <usize>load<u32>(sw, Switch.PORTS), none = load<u32>(sw, Switch.NO_ROUTE);
  let end = done, to = vec, into = keys;
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    const d = at(vec, i), lookup = <usize>load<u32>(key);
    if (lookup) {
      const found = load<u32>(lookup, Lookup6.FOUND), hop = <usize>(found == MISS ? none : found), p = data(d), limit = load<u8>(p, ETH.LEN + IP6.HOP_LIMIT);
      if (limit > 1) if (endsAt(hop, ports, wireLen(d))) {
        leave(d, hop, load<u32>(key, Key.VRF), load<u32>(key, Key.PLACE), ETH.LEN + IP6.LEN, (load<u8>(p, ETH.LEN + 1) >> 4) & ECN.MASK);
        store<u8>(p, limit - 1, ETH.LEN + IP6.HOP_LIMIT);
        replaceHeader(p, hop);
        store<u32>(end, <u32>d);
        end += 4;
        continue;
      }
      store<u32>(into, <u32>hop);
      store<u64>(into, load<u64>(key, Key.VRF), Key.VRF);
    }
    into += Key.SIZEOF;
    store<u32>(to, <u32>d);
    to += 4;
  }
  return <u32>(end - done) >> 2;
}
