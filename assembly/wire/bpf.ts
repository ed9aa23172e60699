// bpf.ts -- classic BPF instructions: McCanne and Jacobson, "The BSD Packet
// Filter", USENIX 1993; the numbers are those of <pcap/bpf.h>.
//
// One instruction is 8 bytes, in host (little-endian) order. A jump's jt and
// jf count instructions from the one behind it.
//
//   +-------+---+---+---------------+
//   | code  |jt |jf |       k       |
//   +-------+---+---+---------------+
//   0       2   3   4               8

export enum BPF_INSN { CODE = 0, JT = 2, JF = 3, K = 4, LEN = 8 }

/** Words of scratch memory, M[0] to M[15]. */
export const BPF_MEMWORDS = 16;

/** code & 0x07: what the instruction does. */
export enum BPF_CLASS { LD = 0x00, LDX = 0x01, ST = 0x02, STX = 0x03, ALU = 0x04, JMP = 0x05, RET = 0x06, MISC = 0x07 }

/** code & 0x18, of a load from the packet. */
export enum BPF_SIZE { W = 0x00, H = 0x08, B = 0x10 }

/** code & 0xe0, of a load: constant, packet at k, packet at X + k, M[k], wire length, 4 * (packet byte at k & 15). */
export enum BPF_MODE { IMM = 0x00, ABS = 0x20, IND = 0x40, MEM = 0x60, LEN = 0x80, MSH = 0xa0 }

/** code & 0xf0, of arithmetic: A = A op operand. */
export enum BPF_ALU {
  ADD = 0x00, SUB = 0x10, MUL = 0x20, DIV = 0x30, OR = 0x40, AND = 0x50,
  LSH = 0x60, RSH = 0x70, NEG = 0x80, MOD = 0x90, XOR = 0xa0,
}

/** code & 0xf0, of a jump: always, or by A against the operand, unsigned. */
export enum BPF_JMP { JA = 0x00, JEQ = 0x10, JGT = 0x20, JGE = 0x30, JSET = 0x40 }

/** code & 0x08, of arithmetic and jumps: the operand is k, or X. */
export enum BPF_SRC { K = 0x00, X = 0x08 }

/** code & 0xf8, of MISC: X = A, or A = X. */
export enum BPF_MISC { TAX = 0x00, TXA = 0x80 }
