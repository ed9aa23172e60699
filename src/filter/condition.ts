// condition.ts -- the tests a program is made of: load something, compare it.

import { BPF_ALU, BPF_CLASS, BPF_JMP, BPF_MODE, BPF_SIZE } from '../../assembly/wire/bpf.ts';
import type { Link, Logic, Not } from './ast.ts';

/** An instruction that is no jump. */
export interface Instruction { readonly code: number; readonly k: number }

/** One comparison of A, behind the instructions that load it. */
export interface Leaf {
  readonly is: 'leaf';
  readonly before: readonly Instruction[];
  /** BPF_JMP, with BPF_SRC.X to compare with X. */
  readonly jump: number;
  readonly k: number;
}

/** The same structure as an expression has, over comparisons. */
export type Condition = Logic<Leaf>;

/** Bytes a load takes, to its code. */
export const SIZE = { 1: BPF_SIZE.B, 2: BPF_SIZE.H, 4: BPF_SIZE.W } as const;
export type Size = keyof typeof SIZE;

/** A load of A: `size` bytes at `at` from the start of the frame, or from X when `indirect`. */
export const loadA = (size: Size, at: number, indirect = false): Instruction =>
  ({ code: BPF_CLASS.LD | SIZE[size] | (indirect ? BPF_MODE.IND : BPF_MODE.ABS), k: at });

/** X = length of the IPv4 header at `at`, bytes. */
export const ip4HeaderLength = (at: number): Instruction => ({ code: BPF_CLASS.LDX | BPF_SIZE.B | BPF_MODE.MSH, k: at });

/** A = A op k. */
export const alu = (op: BPF_ALU, k: number): Instruction => ({ code: BPF_CLASS.ALU | op, k });

export const leaf = (before: readonly Instruction[], jump: number, k: number): Leaf => ({ is: 'leaf', before, jump, k });

/** The bytes at `at`, under `mask`, equal `value`. The load happens even where the mask is 0: a short frame is rejected. */
export function equal(size: Size, at: number, value: number, mask = 0xffffffff): Leaf {
  return leaf(mask === 0xffffffff ? [loadA(size, at)] : [loadA(size, at), alu(BPF_ALU.AND, mask)], BPF_JMP.JEQ, value);
}

export const not = (of: Condition): Not<Leaf> => ({ is: 'not', of });
export const all = (...conditions: readonly Condition[]): Condition => join('and', conditions);
export const any = (...conditions: readonly Condition[]): Condition => join('or', conditions);

function join(op: Link<Leaf>['op'], [first, ...rest]: readonly Condition[]): Condition {
  return { is: 'chain', first: first!, rest: rest.map(of => ({ op, of })) };
}
