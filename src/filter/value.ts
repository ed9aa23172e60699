// value.ts -- arithmetic: loads, operators, comparisons.

import { BPF_ALU, BPF_CLASS, BPF_JMP, BPF_MEMWORDS, BPF_MISC, BPF_MODE, BPF_SRC } from '../../assembly/wire/bpf.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import type { Comparison, Operator, Value } from './ast.ts';
import { all, alu, type Condition, type Instruction, ip4HeaderLength, leaf, loadA, not } from './condition.ts';
import type { Layers } from './layers.ts';
import type { Matcher, Refuse } from './match.ts';
import { ETHERTYPES, PROTOCOLS } from './names.ts';

const ALU: Record<Operator, BPF_ALU> = {
  '+': BPF_ALU.ADD, '-': BPF_ALU.SUB, '*': BPF_ALU.MUL, '/': BPF_ALU.DIV, '%': BPF_ALU.MOD,
  '&': BPF_ALU.AND, '|': BPF_ALU.OR, '^': BPF_ALU.XOR, '<<': BPF_ALU.LSH, '>>': BPF_ALU.RSH,
};

/** The jump, and whether its outcome is turned round. */
const JUMP: Record<Comparison, readonly [BPF_JMP, boolean]> = {
  '>': [BPF_JMP.JGT, false], '>=': [BPF_JMP.JGE, false], '=': [BPF_JMP.JEQ, false],
  '<=': [BPF_JMP.JGT, true], '<': [BPF_JMP.JGE, true], '!=': [BPF_JMP.JEQ, true],
};

/** An index below this is added to the offset of its header at once; no frame is as long. */
const INDEX_MAX = 2 ** 31;
const TAX: Instruction = { code: BPF_CLASS.MISC | BPF_MISC.TAX, k: 0 };

/** Compiles one relation. */
export class ValueCompiler {
  readonly #layers: Layers;
  readonly #matcher: Matcher;
  readonly #refuse: Refuse;
  readonly #code: Instruction[] = [];

  constructor(layers: Layers, matcher: Matcher, refuse: Refuse) {
    this.#layers = layers;
    this.#matcher = matcher;
    this.#refuse = refuse;
  }

  /** All protocols that the loads name are checked first: `tcp[13] = 2` is false, not an error, where there is no TCP. */
  relation(op: Comparison, left: Value, right: Value): Condition {
    const checks = [...this.#value(left, 0), ...this.#operand(right, 0)];
    const [jump, turned] = JUMP[op];
    const compare = right.is === 'number' ? leaf(this.#code, jump, right.value) : leaf(this.#code, jump | BPF_SRC.X, 0);
    return all(...checks, turned ? not(compare) : compare);
  }

  /** Leave A as it is and put `value` in X, unless it is a number. M from `slot` on is free. */
  #operand(value: Value, slot: number): Condition[] {
    if (value.is === 'number') return [];
    if (slot === BPF_MEMWORDS) return this.#refuse(`more than ${BPF_MEMWORDS} intermediate results: write a simpler value`, value.at);
    this.#code.push({ code: BPF_CLASS.ST, k: slot });
    const checks = this.#value(value, slot + 1);
    this.#code.push(TAX, { code: BPF_CLASS.LD | BPF_MODE.MEM, k: slot });
    return checks;
  }

  /** A = `value`. @returns the checks that must hold before its loads mean anything */
  #value(value: Value, slot: number): Condition[] {
    switch (value.is) {
      case 'number': return this.#emit([], { code: BPF_CLASS.LD | BPF_MODE.IMM, k: value.value });
      case 'len': return this.#emit([], { code: BPF_CLASS.LD | BPF_MODE.LEN, k: 0 });
      case 'negate': return this.#emit(this.#value(value.of, slot), alu(BPF_ALU.NEG, 0));
      case 'load': return this.#load(value, slot);
      case 'binary': {
        const { op, left, right } = value;
        if (right.is === 'number') this.#constant(op, right);
        const checks = this.#value(left, slot);
        this.#operand(right, slot); // libpcap keeps the left operand's checks alone, so `1 + ip[8] = 65` reads byte 22 of any frame
        return this.#emit(checks, right.is === 'number' ? alu(ALU[op], right.value) : alu(ALU[op] | BPF_SRC.X, 0));
      }
    }
  }

  #constant(op: Operator, { value, at }: Value & { is: 'number' }): void {
    if (value === 0 && (op === '/' || op === '%')) this.#refuse('division by zero', at);
    if (value > 31 && (op === '<<' || op === '>>')) this.#refuse('a shift by more than 31 bits', at);
  }

  #emit(checks: Condition[], ...code: Instruction[]): Condition[] {
    this.#code.push(...code);
    return checks;
  }

  #load({ proto, index, size, at }: Value & { is: 'load' }, slot: number): Condition[] {
    const { net } = this.#layers, number = PROTOCOLS.get(proto)?.number;
    const folded = index.is === 'number' && index.value < INDEX_MAX ? index.value : undefined;
    const inside = folded === undefined ? this.#value(index, slot) : [];
    if (number === undefined || proto === 'icmp6') {
      const base = proto === 'ether' ? 0 : proto === 'icmp6' ? net + IP6.LEN : net;
      this.#code.push(...folded === undefined ? [TAX, loadA(size, base, true)] : [loadA(size, base + folded)]);
      if (proto === 'icmp6') return [...inside, ...this.#matcher.icmp6()];
      return ETHERTYPES.has(proto) ? [...inside, this.#matcher.proto(proto)] : inside;
    }
    if (proto === 'ah' || proto === 'esp') return this.#refuse(`'${proto}[...]' is not supported: pcap-filter gives it no offset`, at);
    const header = ip4HeaderLength(net);
    this.#code.push(...folded === undefined ? [header, { code: BPF_CLASS.ALU | BPF_ALU.ADD | BPF_SRC.X, k: 0 }, TAX, loadA(size, net, true)]
      : [header, loadA(size, net + folded, true)]);
    return this.#matcher.ip4Transport(number, inside);
  }
}
