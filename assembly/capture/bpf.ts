// bpf.ts -- runs a classic BPF program over one frame.
//
// Sources: <pcap/bpf.h>, and libpcap's interpreter for what the paper leaves
// open: a load beyond the captured bytes and a division by zero end the run
// with "reject"; a shift by 32 or more gives 0.

import { BPF_ALU, BPF_CLASS, BPF_INSN, BPF_JMP, BPF_MISC, BPF_MODE, BPF_SIZE, BPF_SRC } from "../wire/bpf";
import { be16, be32 } from "../lib/packet";

/**
 * Run a program that the host has checked (src/filter/check.ts): no jump leaves it, the
 * last instruction returns, every M index is below BPF_MEMWORDS.
 * @param prog    address of `count` instructions; the BPF_MEMWORDS words of M behind them are written
 * @param pkt     first byte of the frame
 * @param caplen  bytes captured
 * @param wirelen bytes the frame had on the wire
 * @returns bytes to accept, 0 to reject
 */
export function bpf_run(prog: usize, count: u32, pkt: usize, caplen: u32, wirelen: u32): u32 {
  const scratch = prog + (<usize>count) * <usize>BPF_INSN.LEN;
  let pc = prog, a: u32 = 0, x: u32 = 0;
  while (true) {
    const code = <u32>load<u16>(pc, BPF_INSN.CODE), kind = code & 0x07;
    const k = load<u32>(pc, BPF_INSN.K);

    if (kind == BPF_CLASS.JMP) {
      const op = code & 0xf0;
      if (op == BPF_JMP.JA) {
        pc += ((<usize>k) + 1) * <usize>BPF_INSN.LEN;
        continue;
      }
      const b = code & BPF_SRC.X ? x : k;
      const taken = op == BPF_JMP.JEQ ? a == b : op == BPF_JMP.JGT ? a > b : op == BPF_JMP.JGE ? a >= b : (a & b) != 0;
      const skip = <usize>(taken ? load<u8>(pc, BPF_INSN.JT) : load<u8>(pc, BPF_INSN.JF));
      pc += (skip + 1) * <usize>BPF_INSN.LEN;
      continue;
    }
    pc += BPF_INSN.LEN;

    if (kind == BPF_CLASS.LD) {
      const mode = code & 0xe0;
      if (mode == BPF_MODE.ABS || mode == BPF_MODE.IND) {
        // 64 bits: x + k may pass 2^32, which is out of range and not a wrap.
        const at = <u64>k + <u64>(mode == BPF_MODE.IND ? x : 0), size = code & 0x18;
        if (at + (size == BPF_SIZE.W ? 4 : size == BPF_SIZE.H ? 2 : 1) > <u64>caplen) return 0;
        const p = pkt + <usize>at;
        a = size == BPF_SIZE.W ? be32(p) : size == BPF_SIZE.H ? be16(p) : <u32>load<u8>(p);
      } else if (mode == BPF_MODE.IMM) a = k;
      else a = mode == BPF_MODE.LEN ? wirelen : load<u32>(scratch + ((<usize>k) << 2));
    } else if (kind == BPF_CLASS.RET) {
      return code & 0x18 ? a : k; // 0x10 returns A
    } else if (kind == BPF_CLASS.LDX) {
      const mode = code & 0xe0;
      if (mode == BPF_MODE.MSH) {
        if (k >= caplen) return 0;
        x = (<u32>load<u8>(pkt + <usize>k) & 15) << 2;
      } else if (mode == BPF_MODE.IMM) x = k;
      else x = mode == BPF_MODE.LEN ? wirelen : load<u32>(scratch + ((<usize>k) << 2));
    } else if (kind == BPF_CLASS.ALU) {
      const op = code & 0xf0, b = code & BPF_SRC.X ? x : k;
      if (b == 0 && (op == BPF_ALU.DIV || op == BPF_ALU.MOD)) return 0;
      a = compute(op, a, b);
    } else if (kind == BPF_CLASS.MISC) {
      if ((code & 0xf8) == BPF_MISC.TAX) x = a;
      else a = x;
    } else store<u32>(scratch + ((<usize>k) << 2), kind == BPF_CLASS.ST ? a : x);
  }
}

/** A op b. Precondition: b is not 0 for DIV and MOD. */
function compute(op: u32, a: u32, b: u32): u32 {
  if (op == BPF_ALU.AND) return a & b;
  if (op == BPF_ALU.ADD) return a + b;
  if (op == BPF_ALU.SUB) return a - b;
  if (op == BPF_ALU.MUL) return a * b;
  if (op == BPF_ALU.DIV) return a / b;
  if (op == BPF_ALU.MOD) return a % b;
  if (op == BPF_ALU.OR) return a | b;
  if (op == BPF_ALU.XOR) return a ^ b;
  if (op == BPF_ALU.LSH) return b < 32 ? a << b : 0;
  if (op == BPF_ALU.RSH) return b < 32 ? a >> b : 0;
  return 0 - a; // NEG
}
