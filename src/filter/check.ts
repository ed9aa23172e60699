// check.ts -- a program that bpf_run can run without looking where it steps.

import { BPF_ALU, BPF_CLASS, BPF_INSN, BPF_JMP, BPF_MEMWORDS, BPF_MISC, BPF_MODE, BPF_SIZE, BPF_SRC } from '../../assembly/wire/bpf.ts';

const values = (e: object): number[] => Object.values(e).filter(v => typeof v === 'number');
const SOURCES = values(BPF_SRC);
const cross = (...parts: readonly (readonly number[])[]): number[] => parts.reduce((sums: number[], part) => sums.flatMap(s => part.map(p => s | p)), [0]);

/** Every code that bpf_run gives a meaning. */
const CODES: ReadonlySet<number> = new Set([
  ...cross([BPF_CLASS.LD], [BPF_MODE.ABS, BPF_MODE.IND], values(BPF_SIZE)),
  ...cross([BPF_CLASS.LD, BPF_CLASS.LDX], [BPF_MODE.IMM, BPF_MODE.MEM, BPF_MODE.LEN]),
  BPF_CLASS.LDX | BPF_MODE.MSH | BPF_SIZE.B, BPF_CLASS.ST, BPF_CLASS.STX,
  ...cross([BPF_CLASS.ALU], values(BPF_ALU).filter(op => op !== BPF_ALU.NEG), SOURCES), BPF_CLASS.ALU | BPF_ALU.NEG,
  ...cross([BPF_CLASS.JMP], values(BPF_JMP).filter(op => op !== BPF_JMP.JA), SOURCES), BPF_CLASS.JMP | BPF_JMP.JA,
  BPF_CLASS.RET, BPF_CLASS.RET | 0x10, ...cross([BPF_CLASS.MISC], values(BPF_MISC)),
]);

/**
 * The rules of bpf_validate(3): known codes, M indexes below BPF_MEMWORDS, jumps that stay inside (they
 * only go forward), no division by a constant 0, a `ret` at the end; and no shift by a constant above 31, which C leaves undefined.
 * @returns what is wrong, or undefined
 */
export function checkProgram(bytes: Uint8Array): string | undefined {
  const count = bytes.length / BPF_INSN.LEN, view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (count < 1 || !Number.isInteger(count)) return `${bytes.length} bytes are no whole number of instructions`;
  for (let i = 0; i < count; i++) {
    const at = i * BPF_INSN.LEN, code = view.getUint16(at + BPF_INSN.CODE, true), k = view.getUint32(at + BPF_INSN.K, true);
    const kind = code & 0x07, op = code & 0xf0, left = count - i - 1;
    if (!CODES.has(code)) return `instruction ${i}: unknown code 0x${code.toString(16)}`;
    const usesMemory = kind === BPF_CLASS.ST || kind === BPF_CLASS.STX || (kind <= BPF_CLASS.LDX && (code & 0xe0) === BPF_MODE.MEM);
    if (usesMemory && k >= BPF_MEMWORDS) return `instruction ${i}: no M[${k}]`;
    if (kind === BPF_CLASS.ALU && (op === BPF_ALU.DIV || op === BPF_ALU.MOD) && !(code & BPF_SRC.X) && k === 0) return `instruction ${i}: division by zero`;
    if (kind === BPF_CLASS.ALU && (op === BPF_ALU.LSH || op === BPF_ALU.RSH) && !(code & BPF_SRC.X) && k > 31) return `instruction ${i}: shift by ${k}`;
    const reach = op === BPF_JMP.JA ? k : Math.max(view.getUint8(at + BPF_INSN.JT), view.getUint8(at + BPF_INSN.JF));
    if (kind === BPF_CLASS.JMP && reach >= left) return `instruction ${i}: jump out of the program`;
    if (left === 0 && kind !== BPF_CLASS.RET) return 'the last instruction does not return';
  }
  return undefined;
}
