// port_count.ts -- what a port received and sent, added in bulk.

import { Port } from "../abi/port";

/** Frames and bytes that came in; nothing for none, `port` may then be 0. */
export function countRx(port: usize, packets: u64, bytes: u64): void {
  if (!packets) return;
  store<u64>(port, load<u64>(port, Port.RX_PACKETS) + packets, Port.RX_PACKETS);
  store<u64>(port, load<u64>(port, Port.RX_BYTES) + bytes, Port.RX_BYTES);
}

/** The same for those that went out. */
export function countTx(port: usize, packets: u64, bytes: u64): void {
  if (!packets) return;
  store<u64>(port, load<u64>(port, Port.TX_PACKETS) + packets, Port.TX_PACKETS);
  store<u64>(port, load<u64>(port, Port.TX_BYTES) + bytes, Port.TX_BYTES);
}
