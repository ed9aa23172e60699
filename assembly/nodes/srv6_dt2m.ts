// srv6_dt2m.ts -- node: a frame out of an SRv6 tunnel for everybody in its bridge.
//
// RFC 8986 section 4.12 (End.DT2M): learnt like any frame, then flooded without
// a look at its destination, less to the members that Arg.FE2 of the SID names
// (EVPN split horizon on a multihomed segment, RFC 9252 section 6.3). Arg.FE2 is
// a list of interface identifiers behind the SID's locator and function; 0
// stands for none.
//
//   in   | IPv6 SA=remote, DA=SID with Arg.FE2 | ..., L4 bytes | Ethernet frame
//   out                                                        | Ethernet frame
//
// cfg    Packet.HIT: Sid; Switch.BRIDGES, Switch.FDB
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 iface_output
// sets   DATA, LEN, ORIG, IFACE, FLOW, PRIO, FLAGS; DOMAIN, L3 (the bridge's own interface)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Bridge } from "../abi/port";
import { Sid } from "../abi/srv6";
import { Switch } from "../abi/switch";
import { starved, wait } from "../lib/emit";
import { flood, flood_count } from "../lib/flood";
import { at, data, drop, len } from "../lib/packet";
import { available } from "../lib/pool";
import { uncoverFrame } from "../lib/srv6";
import { bridge_learn } from "../tables/bridge_learn";
import { remoteOf } from "../tables/remotes";
import { IP6 } from "../wire/ip6";

export function srv6_dt2m(vec: usize, n: u32, sw: usize): void {
  const bridges = <usize>load<u32>(sw, Switch.BRIDGES), fdb = <usize>load<u32>(sw, Switch.FDB), pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), sid = <usize>load<u32>(d, Packet.HIT), domain = load<u32>(sid, Sid.TABLE), bridge = bridges + <usize>domain * Bridge.SIZEOF;
    if (available(pool, len(d)) < load<u32>(bridge, Bridge.COUNT) && !starved(sw)) {
      wait(sw, i);
      return;
    }
    const from = remoteOf(sid, d), except = excepted(sid, data(d) + <usize>load<u16>(d, Packet.L3) + IP6.DST);
    if (!uncoverFrame(d, sid)) continue;
    const refused = bridge_learn(fdb, bridge, domain, from, d);
    if (refused) {
      drop(d, refused);
      continue;
    }
    const takers = flood_count(bridge, from, d, except);
    if (!takers) drop(d, Drop.NO_MEMBER);
    else if (available(pool, len(d)) < takers - 1) {
      drop(d, Drop.NO_BUFFER);
      store<u32>(sw, 0, Switch.STARVED); // this one was too many; the next may fit
    } else flood(sw, pool, bridge, from, d, except);
  }
}

/** The interfaces that Arg.FE2 of the address at `dst` names, a bit each; none has a number above 63. */
function excepted(sid: usize, dst: usize): u64 {
  const size = <u32>load<u8>(sid, Sid.ARG_SIZE), count = <u32>load<u8>(sid, Sid.ARG_COUNT), at = <u32>load<u8>(sid, Sid.ARG_AT);
  let set: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const id = bits(dst, at + i * size, size);
    if (id > 0 && id < 64) set |= <u64>1 << <u64>id;
  }
  return set;
}

/** Bits `at` to `at + size - 1` of the address at `a`. @param size 1 to 32 */
function bits(a: usize, at: u32, size: u32): u32 {
  const high = bswap<u64>(load<u64>(a)), low = bswap<u64>(load<u64>(a, 8)), end = at + size;
  let v: u64 = 0;
  if (end <= 64) v = high >> <u64>(64 - end);
  else if (at >= 64) v = low >> <u64>(128 - end);
  else v = (high << <u64>(end - 64)) | (low >> <u64>(128 - end));
  return <u32>(v & ((<u64>1 << <u64>size) - 1));
}
