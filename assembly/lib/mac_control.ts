// mac_control.ts -- PAUSE (IEEE 802.3 annex 31B) and priority-based flow
// control (IEEE 802.1Q clause 36, IEEE 802.3 annex 31D).
//
// Frames are read as ports get them and written as ports send them: untagged,
// of the shortest length, to the group that no bridge forwards.

import { MacControl } from "../abi/qos";
import { ETH, ETH_FRAME_MIN, ETHERTYPE, PAUSE_GROUP } from "../wire/ethernet";
import { MAC_CONTROL_OPCODE, PAUSE, PAUSE_QUANTUM, PFC } from "../wire/mac_control";
import { be16, put16 } from "./packet";

/** A MAC as the low 48 bits of a load. */
const MAC_BITS: u64 = 0xffffffffffff;
const CLASSES: u32 = 8;
const SECOND: u64 = 1_000_000_000_000;

/**
 * Count a received MAC control frame.
 * @param p       the frame, an Ethernet header at least
 * @param n       its bytes on the wire; `have` of them can be read
 * @param own     address of the port's MAC: such frames may come to it too
 * @param control MacControl
 * @returns false for one that means nothing, counted as BAD
 */
export function countMacControl(p: usize, n: u32, have: u32, own: usize, control: usize): bool {
  const to = load<u64>(p) & MAC_BITS, opcode = have >= <u32>ETH.LEN + PFC.LEN ? be16(p + ETH.LEN) : 0;
  if (n < <u32>ETH_FRAME_MIN || (to != <u64>PAUSE_GROUP && to != (load<u64>(own) & MAC_BITS))) return count(control + MacControl.BAD, false);
  if (opcode == <u32>MAC_CONTROL_OPCODE.PAUSE) return count(control + (be16(p + ETH.LEN + PAUSE.TIME) ? MacControl.PAUSE : MacControl.RESUME), true);
  if (opcode != <u32>MAC_CONTROL_OPCODE.PFC) return count(control + MacControl.BAD, false);
  const enabled = be16(p + ETH.LEN + PFC.CLASS_ENABLE_VECTOR), times = p + ETH.LEN + PFC.TIME;
  for (let c: u32 = 0; c < CLASSES; c++)
    if ((enabled >> c) & 1) count(control + (c << 3) + (load<u16>(times + (c << 1)) ? MacControl.PFC_PAUSE : MacControl.PFC_RESUME), true);
  return count(control + MacControl.PFC, true);
}

function count(at: usize, result: bool): bool {
  store<u64>(at, load<u64>(at) + 1);
  return result;
}

/** Header and opcode of a frame from `mac`, all behind them zero; ETH_FRAME_MIN bytes at `p`. */
function begin(p: usize, mac: usize, opcode: MAC_CONTROL_OPCODE): void {
  memory.fill(p, 0, ETH_FRAME_MIN);
  store<u64>(p, <u64>PAUSE_GROUP | (load<u64>(mac) << 48));
  store<u32>(p, load<u32>(mac, 2), ETH.SRC + 2);
  put16(p + ETH.ETHERTYPE, ETHERTYPE.FLOW_CONTROL);
  put16(p + ETH.LEN, opcode);
}

/** Write a PAUSE frame of `quanta` from `mac`, which eight bytes can be read at, to the ETH_FRAME_MIN bytes at `p`. */
export function putPause(p: usize, mac: usize, quanta: u32): void {
  begin(p, mac, MAC_CONTROL_OPCODE.PAUSE);
  put16(p + ETH.LEN + PAUSE.TIME, quanta);
}

/**
 * Write a PFC frame from `mac` to the ETH_FRAME_MIN bytes at `p`.
 * @param classes bit c: class c is told something
 * @param quanta  what all of them are told; 0: go on
 */
export function putPfc(p: usize, mac: usize, classes: u32, quanta: u32): void {
  begin(p, mac, MAC_CONTROL_OPCODE.PFC);
  put16(p + ETH.LEN + PFC.CLASS_ENABLE_VECTOR, classes);
  for (let c: u32 = 0; c < CLASSES; c++) if ((classes >> c) & 1) put16(p + ETH.LEN + PFC.TIME + (c << 1), quanta);
}

/** Picoseconds of `quanta` at `rate` bit/s, up to the next whole one. */
export function quantaTime(quanta: u32, rate: u64): u64 {
  const one = PAUSE_QUANTUM * SECOND, whole = one / rate, rest = one % rate; // the product alone would overflow
  return <u64>quanta * whole + (<u64>quanta * rest + rate - 1) / rate;
}
