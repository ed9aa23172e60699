// message.ts -- the packet under an ICMP message, before it has a header.

import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { data } from "../lib/packet";
import { alloc } from "../lib/pool";

/**
 * A fresh packet caused by `d`, of `header` + `n` zero bytes: the cause's time,
 * number, VRF, port, interface and mark; L3 is 0, the source still unset.
 * @returns 0 when no buffer is free: the message is suppressed, the cause is
 *          dropped all the same
 */
export function causedBy(sw: usize, d: usize, header: u32, n: u32): usize {
  const e = alloc(<usize>load<u32>(sw, Switch.POOL), header + n);
  if (!e) return 0;
  store<u64>(e, load<u64>(d, Packet.TIME), Packet.TIME);
  store<u32>(e, load<u32>(d, Packet.ID), Packet.ID);
  store<u32>(e, load<u32>(d, Packet.DOMAIN), Packet.DOMAIN);
  store<u16>(e, load<u16>(d, Packet.RX_PORT), Packet.RX_PORT);
  store<u16>(e, load<u16>(d, Packet.IFACE), Packet.IFACE);
  store<u8>(e, load<u8>(d, Packet.MARK), Packet.MARK);
  store<u8>(e, PacketFlag.ORIGINATED | PacketFlag.NO_SOURCE, Packet.FLAGS);
  store<u16>(e, header, Packet.L4);
  memory.fill(data(e), 0, header + n);
  return e;
}
