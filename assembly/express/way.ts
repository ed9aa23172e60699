// way.ts -- what the express kernels share: which hops end the way, and the
// counters of ports and nodes that packets passed, as the nodes and graph_run
// would have kept them.

import { Way } from "../abi/express";
import { Hop, HopKind } from "../abi/hop";
import { Edge, Packet } from "../abi/packet";
import { IfaceKind, Port } from "../abi/port";
import { Node, Switch } from "../abi/switch";
import { countChecksumAt } from "../lib/count_checksum";
import { L3Edge } from "../lib/l3_input";
import { at, data, len, wireLen } from "../lib/packet";
import { TYPE_IP4, TYPE_IP6 } from "../lib/plain";
import { countRx, countTx } from "../lib/port_count";
import { tx_append } from "../lib/tx_list";
import { ETH } from "../wire/ethernet";

/**
 * Whether a vector is worth a look: its first or its last packet is IP at an L3
 * port. Bridges and label switches would pay 3 ns a packet for nothing.
 */
export function promising(sw: usize, vec: usize, n: u32): bool {
  return isIp(sw, at(vec, 0)) || isIp(sw, at(vec, n - 1));
}

function isIp(sw: usize, d: usize): bool {
  const iface = <usize>load<u32>(load<u32>(sw, Switch.PORTS) + <u32>load<u16>(d, Packet.RX_PORT) * Port.SIZEOF, Port.IFACE);
  if (!iface || load<u8>(iface) != IfaceKind.L3 || len(d) < <u32>ETH.LEN) return false;
  const type = <u32>load<u16>(data(d), ETH.ETHERTYPE);
  return type == TYPE_IP4 || type == TYPE_IP6;
}

/**
 * What the nodes would have left in the record of a packet that is sent.
 * @param place interface and, above it, offset of the network header
 */
export function leave(d: usize, hop: usize, vrf: u32, place: u32, l4: u32, ecn: u32): void {
  store<u64>(d, <u64>load<u16>(hop, Hop.PORT) | (<u64>place << 16) | (<u64>l4 << 48), Packet.TX_PORT); // IFACE, L3, L4
  store<u32>(d, <u32>hop, Packet.HIT);
  store<u32>(d, vrf, Packet.DOMAIN);
  store<u8>(d, Edge.SENT, Packet.EDGE);
  store<u8>(d, ecn, Packet.ECN);
}

/** Edges of input, verify and rewrite that plain packets take. */
const ON: u32 = 1;

/** Count the `n` packets of a list that came as far as the lookup. @param first ethernet_input's edge @returns their bytes */
export function countIn(sw: usize, way: usize, first: L3Edge, list: usize, n: u32): u64 {
  if (!n) return 0;
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  let number: u32 = 0xffffffff, port: usize = 0, packets: u64 = 0, wire: u64 = 0, bytes: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(list, i), rx = <u32>load<u16>(d, Packet.RX_PORT);
    if (rx != number) {
      countRx(port, packets, wire);
      number = rx;
      port = ports + rx * Port.SIZEOF;
      packets = wire = 0;
    }
    packets++;
    wire += wireLen(d);
    bytes += len(d);
  }
  countRx(port, packets, wire);
  pass(load<u32>(way, Way.ETHERNET), first, n, bytes);
  pass(load<u32>(way, Way.INPUT), ON, n, bytes);
  visit(load<u32>(way, Way.LOOKUP), n);
  if (!load<u32>(way, Way.VERIFY)) return bytes;
  pass(load<u32>(way, Way.VERIFY), ON, n, bytes);
  for (let i: u32 = 0; i < n; i++) countChecksumAt(sw, at(list, i), ETH.LEN);
  return bytes;
}

/** The `n` packets of a list leave by their ports. @param all their bytes */
export function countOut(sw: usize, way: usize, list: usize, n: u32, all: u64): void {
  if (!n) return;
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  let number: u32 = 0xffffffff, port: usize = 0, packets: u64 = 0, bytes: u64 = 0, last: u32 = 0, ordered = true;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(list, i), id = load<u32>(d, Packet.ID), tx = <u32>load<u16>(d, Packet.TX_PORT);
    if (tx != number) {
      countTx(port, packets, bytes);
      number = tx;
      port = ports + tx * Port.SIZEOF;
      packets = bytes = 0;
    }
    packets++;
    bytes += len(d);
    if (id < last) ordered = false;
    last = id;
  }
  countTx(port, packets, bytes);
  take(load<u32>(way, Way.LOOKUP), HopKind.REWRITE, n, all);
  pass(load<u32>(way, Way.REWRITE), ON, n, all);
  visit(load<u32>(way, Way.PORT), n);
  tx_append(load<u32>(sw, Switch.POOL), list, n, ordered);
}

function pass(node: usize, edge: u32, n: u32, bytes: u64): void {
  visit(node, n);
  take(node, edge, n, bytes);
}

function visit(node: usize, n: u32): void {
  store<u64>(node, load<u64>(node, Node.CALLS) + 1, Node.CALLS);
  store<u64>(node, load<u64>(node, Node.PACKETS) + n, Node.PACKETS);
}

function take(node: usize, edge: u32, n: u32, bytes: u64): void {
  const counts = <usize>load<u32>(node, Node.COUNTS) + (<usize>edge << 4);
  store<u64>(counts, load<u64>(counts) + n);
  store<u64>(counts, load<u64>(counts, 8) + bytes, 8);
}
