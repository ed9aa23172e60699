// count_checksum.ts -- a received packet's transport checksum, and the ICRC of
// RoCEv2, counted when wrong.

import { Packet } from "../abi/packet";
import { Port } from "../abi/port";
import { Switch } from "../abi/switch";
import { icrcWrong } from "./icrc";
import { l4ChecksumWrong } from "./l4_checksum";
import { data, len } from "./packet";

/** Add one to Port.BAD_L4 of the port that `d` came by when its transport checksum is wrong, to Port.BAD_ICRC when its ICRC is. */
export function countChecksum(sw: usize, d: usize): void {
  countChecksumAt(sw, d, load<u16>(d, Packet.L3));
}

/** The same for a packet whose network header is at `l3`. */
export function countChecksumAt(sw: usize, d: usize, l3: u32): void {
  const p = data(d) + l3, have = len(d) - l3;
  if (l4ChecksumWrong(p, have)) count(sw, d, Port.BAD_L4);
  if (icrcWrong(load<u32>(sw, Switch.CRC32), p, have)) count(sw, d, Port.BAD_ICRC);
}

function count(sw: usize, d: usize, field: Port): void {
  const at = <usize>load<u32>(sw, Switch.PORTS) + <u32>load<u16>(d, Packet.RX_PORT) * Port.SIZEOF + field;
  store<u64>(at, load<u64>(at) + 1);
}
