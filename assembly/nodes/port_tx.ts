// port_tx.ts -- node: the packet leaves the switch by Packet.TX_PORT.
//
// The list it goes to is ordered by packet number (stable), which restores
// arrival order whatever ways the packets of one vector took: no flow is ever
// reordered, and output does not depend on vector sizes. A vector nearly always
// is ordered and later than the list: it is appended; else the two are merged.
//
// Captures taken on a host with checksum offload hold packets whose transport
// checksum, or RoCEv2's ICRC, is still to be made: a port with FIX_CHECKSUMS
// makes it.
//
//   in / out  the frame, unchanged but for that
//
// cfg    Switch.PORTS
// edges  none: packets leave by Edge.SENT
// sets   EDGE

import { Edge, Packet, Pool } from "../abi/packet";
import { Port, PortFlag } from "../abi/port";
import { Switch } from "../abi/switch";
import { icrcRepair } from "../lib/icrc";
import { l4ChecksumRepair } from "../lib/l4_checksum";
import { at, be16, data, len } from "../lib/packet";
import { isTag } from "../lib/vlan";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { VLAN } from "../wire/vlan";

export function port_tx(vec: usize, n: u32, sw: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL);
  const list = <usize>load<u32>(pool, Pool.TX_LIST), ports = <usize>load<u32>(sw, Switch.PORTS);
  let last: u32 = 0, ordered = true;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), id = load<u32>(d, Packet.ID);
    if (id < last) ordered = false;
    last = id;
    const port = ports + <u32>load<u16>(d, Packet.TX_PORT) * Port.SIZEOF;
    store<u64>(port, load<u64>(port, Port.TX_PACKETS) + 1, Port.TX_PACKETS);
    store<u64>(port, load<u64>(port, Port.TX_BYTES) + len(d), Port.TX_BYTES);
    if (load<u8>(port, Port.FLAGS) & PortFlag.FIX_CHECKSUMS) repair(load<u32>(sw, Switch.CRC32), data(d), len(d));
    store<u8>(d, Edge.SENT, Packet.EDGE);
  }
  const count = load<u32>(pool, Pool.TX_COUNT);
  if (ordered) merge(list, count, vec, n);
  else for (let i: u32 = 0; i < n; i++) merge(list, count + i, vec + (<usize>i << 2), 1);
  store<u32>(pool, count + n, Pool.TX_COUNT);
}

/** Merge `n` ordered handles into the `count` ordered ones of `list`, from the back; equal IDs keep the list's first. */
function merge(list: usize, count: u32, vec: usize, n: u32): void {
  const first = load<u32>(load<u32>(vec), Packet.ID);
  if (!count || load<u32>(load<u32>(list + (<usize>count << 2) - 4), Packet.ID) <= first) {
    memory.copy(list + (<usize>count << 2), vec, <usize>n << 2);
    return;
  }
  let to = list + ((<usize>count + n) << 2), a = list + (<usize>count << 2), b = vec + (<usize>n << 2);
  while (b > vec) {
    to -= 4;
    if (a > list && load<u32>(load<u32>(a - 4), Packet.ID) > load<u32>(load<u32>(b - 4), Packet.ID)) {
      a -= 4;
      store<u32>(to, load<u32>(a));
    } else {
      b -= 4;
      store<u32>(to, load<u32>(b));
    }
  }
}

/** Make ICRC and transport checksum, which covers it, of an IP packet in a frame of `n` bytes, behind any tags. */
function repair(crc: usize, p: usize, n: u32): void {
  let at: u32 = ETH.LEN;
  while (at <= n && isTag(be16(p + at - 2))) at += VLAN.LEN;
  if (at > n) return;
  const type = be16(p + at - 2);
  if (type != <u32>ETHERTYPE.IPV4 && type != <u32>ETHERTYPE.IPV6) return;
  icrcRepair(crc, p + at, n - at);
  l4ChecksumRepair(p + at, n - at);
}
