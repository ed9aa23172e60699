// assemble.ts -- conditions to instructions.
//
// Every comparison ends in a jump with two targets, and every jump goes
// forward, so code is laid out in one pass. Where a target is further than the
// 255 instructions that jt and jf reach, a `ja` behind the comparison goes there:
//
//   jeq #k  jt 0  jf 1        jeq #k, far target
//   ja  far
//   ...

import { BPF_CLASS, BPF_INSN, BPF_JMP, BPF_MISC, BPF_MODE } from '../../assembly/wire/bpf.ts';
import type { Condition, Instruction, Leaf } from './condition.ts';

/** Where jumps go: an index into the lines, and what A and X hold whichever way it is reached. */
interface Label { line: number; held: Held | undefined }

/** The load that A and X come from, '' when it cannot be told. A load that repeats it is left out. */
interface Held { readonly a: string; readonly x: string }

interface Jump { readonly jump: number; readonly k: number; readonly yes: Label; readonly no: Label }
type Line = Instruction | Jump;

const NEAR = 255, NOTHING: Held = { a: '', x: '' };

/** @returns the program, BPF_INSN.LEN little-endian bytes an instruction: `accept` where the condition holds, else 0 */
export function assemble(condition: Condition | undefined, accept: number): Uint8Array {
  const assembler = new Assembler();
  return assembler.program(condition, accept);
}

class Assembler {
  readonly #lines: Line[] = [];
  #held = NOTHING;

  program(condition: Condition | undefined, accept: number): Uint8Array {
    const yes = label(), no = label();
    if (condition) this.#condition(condition, yes, no);
    this.#place(yes);
    this.#lines.push({ code: BPF_CLASS.RET, k: accept });
    if (condition) {
      this.#place(no);
      this.#lines.push({ code: BPF_CLASS.RET, k: 0 });
    }
    return encode(this.#lines);
  }

  #place(target: Label): void {
    target.line = this.#lines.length;
    this.#held = target.held ?? NOTHING;
  }

  #condition(condition: Condition, yes: Label, no: Label): void {
    if (condition.is === 'not') this.#condition(condition.of, no, yes);
    else if (condition.is === 'leaf') this.#leaf(condition, yes, no);
    else {
      // Where a value goes is known from the right: true skips every `or`, false every `and`.
      const links = [{ op: undefined, of: condition.first }, ...condition.rest];
      const plan = [];
      let whenTrue = yes, whenFalse = no;
      for (const { op, of } of links.toReversed()) {
        const start = op && label();
        plan.push({ of, start, whenTrue, whenFalse });
        if (op === 'and') whenTrue = start!;
        else if (op === 'or') whenFalse = start!;
      }
      for (const { of, start, whenTrue: t, whenFalse: f } of plan.toReversed()) {
        if (start) this.#place(start);
        this.#condition(of, t, f);
      }
    }
  }

  #leaf({ before, jump, k }: Leaf, yes: Label, no: Label): void {
    for (const instruction of before) {
      const held = after(this.#held, instruction);
      if (held === this.#held) continue;
      this.#lines.push(instruction);
      this.#held = held;
    }
    this.#lines.push({ jump, k, yes, no });
    for (const target of [yes, no]) target.held = common(target.held, this.#held);
  }
}

const label = (): Label => ({ line: -1, held: undefined });

/** What is held whether one comes from here or from there. */
function common(there: Held | undefined, here: Held): Held {
  return there ? { a: there.a === here.a ? here.a : '', x: there.x === here.x ? here.x : '' } : here;
}

/** @returns what is held behind `instruction`; `held` itself when it changes nothing */
function after(held: Held, { code, k }: Instruction): Held {
  const mode = code & 0xe0;
  switch (code & 0x07) {
    case BPF_CLASS.LD: {
      // M changes under its name, and an X that cannot be told cannot name a place.
      const named = mode === BPF_MODE.IND ? held.x !== '' : mode !== BPF_MODE.MEM;
      const a = named ? `${code}:${k}:${mode === BPF_MODE.IND ? held.x : ''}` : '';
      return a !== '' && a === held.a ? held : { ...held, a };
    }
    case BPF_CLASS.LDX: {
      const x = `${code}:${k}`;
      return x === held.x ? held : { ...held, x };
    }
    case BPF_CLASS.ALU: return { ...held, a: '' };
    case BPF_CLASS.MISC: return (code & 0xf8) === BPF_MISC.TAX ? { ...held, x: '' } : { ...held, a: '' };
    default: return { ...held }; // ST
  }
}

function encode(lines: readonly Line[]): Uint8Array {
  const { address, far } = layOut(lines);
  const view = new DataView(new ArrayBuffer(address.at(-1)! * BPF_INSN.LEN));
  let next = 0;
  const put = (code: number, jt: number, jf: number, k: number): void => {
    const at = next++ * BPF_INSN.LEN;
    view.setUint16(at + BPF_INSN.CODE, code, true);
    view.setUint8(at + BPF_INSN.JT, jt);
    view.setUint8(at + BPF_INSN.JF, jf);
    view.setUint32(at + BPF_INSN.K, k, true);
  };
  for (const [i, line] of lines.entries()) {
    if (!('jump' in line)) {
      put(line.code, 0, 0, line.k);
      continue;
    }
    const from = address[i]! + 1, [yes, no] = [address[line.yes.line]!, address[line.no.line]!];
    const [farYes, farNo] = far[i]!;
    put(BPF_CLASS.JMP | line.jump, farYes ? 0 : yes - from, farNo ? Number(farYes) : no - from, line.k);
    // k counts from behind the ja itself, which is where put() will stand.
    for (const target of [...farYes ? [yes] : [], ...farNo ? [no] : []]) put(BPF_CLASS.JMP | BPF_JMP.JA, 0, 0, target - next - 1);
  }
  return new Uint8Array(view.buffer);
}

/** Address of each line and of the end; which targets of a jump need a `ja`. Adding one moves others away, so repeat. */
function layOut(lines: readonly Line[]): { address: number[]; far: [boolean, boolean][] } {
  const far = lines.map((): [boolean, boolean] => [false, false]);
  for (;;) {
    const address = [0];
    for (const [i] of lines.entries()) address.push(address[i]! + 1 + Number(far[i]![0]) + Number(far[i]![1]));
    let grown = false;
    for (const [i, line] of lines.entries()) {
      if (!('jump' in line)) continue;
      for (const [side, target] of [line.yes, line.no].entries()) {
        if (far[i]![side] || address[target.line]! - address[i]! - 1 <= NEAR) continue;
        far[i]![side] = grown = true;
      }
    }
    if (!grown) return { address, far };
  }
}
