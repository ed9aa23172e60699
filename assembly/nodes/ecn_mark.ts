// ecn_mark.ts -- node: packets that would have waited long at their port are
// marked Congestion Experienced.
//
// RFC 3168 section 5 (only packets that are ECN-capable are marked; no other is
// dropped here), RFC 7567 (marking by queue length). A replay has no queues, so
// the port has a virtual one: it holds what its rate has not sent yet, in packet
// time, bytes counted as on a wire. Below kmin nobody is marked, from kmax on
// everybody, between them a share that grows to pmax. kmin = kmax is a step.
//
// Packets are taken in the order of their numbers, as port_tx sends them, so
// that marks do not depend on the ways they took.
//
//   in / out  the frame; CE in its outermost IP header
//
// cfg    Port.ECN: Ecn; in the graph only where a port has qos or ecn
// edges  1 port_tx
// sets   ECN

import { Packet } from "../abi/packet";
import { Port } from "../abi/port";
import { Ecn } from "../abi/qos";
import { Switch } from "../abi/switch";
import { ipInFrame, setEcn, trafficClass } from "../lib/ecn";
import { at, forward, wireLen } from "../lib/packet";
import { rng_next } from "../lib/rng";
import { WIRE_OVERHEAD } from "../wire/ethernet";
import { ECN } from "../wire/ip";

const PORT_TX = 1;
/** Picoseconds in a second, times the bits of a byte. */
const BYTE_SECOND: u64 = 8_000_000_000_000;

export function ecn_mark(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  order(vec, n);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), ecn = <usize>load<u32>(ports + <u32>load<u16>(d, Packet.TX_PORT) * Port.SIZEOF, Port.ECN);
    if (ecn) enqueue(d, ecn);
    forward(d, PORT_TX);
  }
}

/** Sort the handles by packet number, equal ones as they stand. Nearly always they are sorted. */
function order(vec: usize, n: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const d = <u32>at(vec, i), id = load<u32>(d, Packet.ID);
    let to = i;
    for (; to && load<u32>(at(vec, to - 1), Packet.ID) > id; to--) store<u32>(vec + (<usize>to << 2), <u32>at(vec, to - 1));
    store<u32>(vec + (<usize>to << 2), d);
  }
}

function enqueue(d: usize, ecn: usize): void {
  const now = load<i64>(d, Packet.TIME), finish = load<i64>(ecn, Ecn.FINISH), waiting = finish > now ? <u64>(finish - now) : 0;
  const rate = load<u64>(ecn, Ecn.RATE), sending = (<u64>(wireLen(d) + WIRE_OVERHEAD) * BYTE_SECOND + rate - 1) / rate;
  store<i64>(ecn, max<i64>(finish, now) + <i64>sending, Ecn.FINISH);
  store<u64>(ecn, max<u64>(load<u64>(ecn, Ecn.HIGHEST), waiting), Ecn.HIGHEST);
  count(ecn + Ecn.PACKETS);
  const ip = ipInFrame(d);
  if (!ip || !(trafficClass(ip) & <u32>ECN.MASK)) return;
  count(ecn + Ecn.CAPABLE);
  if (!chosen(ecn, waiting)) return;
  setEcn(ip, ECN.CE);
  store<u8>(d, ECN.CE, Packet.ECN);
  count(ecn + Ecn.MARKED);
}

function count(at: usize): void {
  store<u64>(at, load<u64>(at) + 1);
}

/** Whether a packet that finds so much waiting is marked. The generator is drawn from between the thresholds only. */
function chosen(ecn: usize, waiting: u64): bool {
  const least = load<u64>(ecn, Ecn.KMIN), most = load<u64>(ecn, Ecn.KMAX);
  if (waiting >= most) return true;
  if (waiting <= least) return false;
  const share = <f64>(waiting - least) / <f64>(most - least) * <f64>load<u32>(ecn, Ecn.PMAX);
  return <u32>(rng_next(ecn + Ecn.RNG) >> 32) < <u32>share;
}
