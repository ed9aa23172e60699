// count_checksum.ts -- a received packet's transport checksum, counted when wrong.

import { Packet } from "../abi/packet";
import { Port } from "../abi/port";
import { Switch } from "../abi/switch";
import { l4ChecksumWrong } from "./l4_checksum";
import { data, len } from "./packet";

/** Add one to Port.BAD_L4 of the port that `d` came by, when its transport checksum is wrong. */
export function countChecksum(sw: usize, d: usize): void {
  countChecksumAt(sw, d, load<u16>(d, Packet.L3));
}

/** The same for a packet whose network header is at `l3`. */
export function countChecksumAt(sw: usize, d: usize, l3: u32): void {
  if (!l4ChecksumWrong(data(d) + l3, len(d) - l3)) return;
  const port = <usize>load<u32>(sw, Switch.PORTS) + <u32>load<u16>(d, Packet.RX_PORT) * Port.SIZEOF;
  store<u64>(port, load<u64>(port, Port.BAD_L4) + 1, Port.BAD_L4);
}
