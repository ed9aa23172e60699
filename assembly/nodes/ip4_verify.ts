// ip4_verify.ts -- node: is the transport checksum of a received IPv4 packet right?
//
// A router passes wrong ones on all the same (the ends judge), but says how
// many came in: Port.BAD_L4 of the port that the packet came by.
//
//   in / out  the packet, unchanged
//
// cfg    Switch.PORTS; the node is in the graph only if `count_checksums` is on
// edges  1 ip4_lookup
// sets   nothing

import { Packet, Port, Switch } from "../abi";
import { l4ChecksumWrong } from "../lib/l4_checksum";
import { at, data, forward, len } from "../lib/packet";

const IP4_LOOKUP = 1;

export function ip4_verify(vec: usize, n: u32, sw: usize): void {
  const ports = <usize>load<u32>(sw, Switch.PORTS);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3);
    if (l4ChecksumWrong(data(d) + l3, len(d) - l3)) {
      const port = ports + <u32>load<u16>(d, Packet.RX_PORT) * Port.SIZEOF;
      store<u64>(port, load<u64>(port, Port.BAD_L4) + 1, Port.BAD_L4);
    }
    forward(d, IP4_LOOKUP);
  }
}
