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

import { Edge, Packet } from "../abi/packet";
import { Port, PortFlag } from "../abi/port";
import { Switch } from "../abi/switch";
import { icrcRepair } from "../lib/icrc";
import { l4ChecksumRepair } from "../lib/l4_checksum";
import { at, be16, data, len } from "../lib/packet";
import { countTx } from "../lib/port_count";
import { tx_append } from "../lib/tx_list";
import { isTag } from "../lib/vlan";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { VLAN } from "../wire/vlan";

export function port_tx(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  let last: u32 = 0, ordered = true, number: u32 = 0xffffffff, port: usize = 0, repairs = false, packets: u64 = 0, bytes: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), id = load<u32>(d, Packet.ID), out = <u32>load<u16>(d, Packet.TX_PORT);
    if (id < last) ordered = false;
    last = id;
    if (out != number) {
      countTx(port, packets, bytes);
      number = out;
      port = ports + out * Port.SIZEOF;
      packets = bytes = 0;
      repairs = (load<u8>(port, Port.FLAGS) & PortFlag.FIX_CHECKSUMS) != 0;
    }
    packets++;
    bytes += len(d);
    if (repairs) repair(load<u32>(sw, Switch.CRC32), data(d), len(d));
    store<u8>(d, Edge.SENT, Packet.EDGE);
  }
  countTx(port, packets, bytes);
  tx_append(load<u32>(sw, Switch.POOL), vec, n, ordered);
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
