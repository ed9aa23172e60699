// tcp_flow.ts -- how far a TCP connection is, as far as a box in its middle has
// to know: to forget it in time (RFC 9293 section 3.3.2, from outside).
//
// The state is a few bits that packets set. Times are those of Linux'
// nf_conntrack; what an established one may be silent for is the owner's.

import { TCP_FLAG } from "../wire/tcp";

/** Bits of the state of a connection; 0: nothing seen. */
export enum TcpFlow {
  /** Packets came from the low end, from the high end (flow_key.ts). */
  LOW = 1,
  HIGH = 2,
  /** The same ends are done sending. */
  LOW_FIN = 4,
  HIGH_FIN = 8,
  /** One of them broke it off. */
  RESET = 16,
  /** Its beginning was seen. */
  SYN = 32,
}

/** Picoseconds in a second. */
const SECOND: i64 = 1_000_000_000_000;
/** A connection that is being opened, or is closed by both, may be silent for so long; one that was reset. */
const TRANSIENT: i64 = 120 * SECOND, RESET: i64 = 10 * SECOND;

/** The state after a packet. @param reverse it comes from the high end */
export function tcpFlowStep(state: u32, flags: u32, reverse: bool): u32 {
  const begins = state == 0 && flags & TCP_FLAG.SYN ? TcpFlow.SYN : 0;
  const fin = flags & TCP_FLAG.FIN ? (reverse ? TcpFlow.HIGH_FIN : TcpFlow.LOW_FIN) : 0;
  return state | begins | fin | (reverse ? TcpFlow.HIGH : TcpFlow.LOW) | (flags & TCP_FLAG.RST ? TcpFlow.RESET : 0);
}

/** How long a connection may be silent, picoseconds. @param established what the owner gives one that is open */
export function tcpFlowIdle(state: u32, established: i64): i64 {
  if (state & TcpFlow.RESET) return min<i64>(established, RESET);
  return closed(state) || opening(state) ? min<i64>(established, TRANSIENT) : established;
}

/** Whether a packet with these flags begins a new connection in the place of this one (RFC 1122 section 4.2.2.13). */
export function tcpFlowRestarts(state: u32, flags: u32): bool {
  return (flags & (TCP_FLAG.SYN | TCP_FLAG.ACK)) == TCP_FLAG.SYN && (closed(state) || (state & TcpFlow.RESET) != 0);
}

function closed(state: u32): bool {
  return (state & (TcpFlow.LOW_FIN | TcpFlow.HIGH_FIN)) == (TcpFlow.LOW_FIN | TcpFlow.HIGH_FIN);
}

function opening(state: u32): bool {
  return (state & TcpFlow.SYN) != 0 && (state & (TcpFlow.LOW | TcpFlow.HIGH)) != (TcpFlow.LOW | TcpFlow.HIGH);
}
