// filter.ts -- a pcap-filter expression to a program for bpf_run.

import { BPF_INSN, BPF_MEMWORDS } from '../../assembly/wire/bpf.ts';
import { assemble } from './assemble.ts';
import { checkProgram } from './check.ts';
import { compile } from './compile.ts';
import { parse } from './parser.ts';

export { FilterError } from './error.ts';

/** What bpf_run returns for an accepted frame: more than any frame has bytes. */
const ACCEPT = 0x40000;

/** A classic BPF program for frames that begin with an Ethernet header. */
export interface Program {
  /** Instructions, for wasm memory as they are. */
  readonly bytes: Uint8Array;
  /** How many. */
  readonly count: number;
  /** Bytes to reserve in wasm memory, 4-byte aligned: `bytes`, and behind them what bpf_run writes. */
  readonly room: number;
}

/**
 * @param text an expression in the language of pcap-filter(7); empty accepts every frame
 * @throws FilterError with the place
 */
export function compileFilter(text: string): Program {
  const expression = parse(text);
  const bytes = assemble(expression && compile(text, expression), ACCEPT);
  const fault = checkProgram(bytes);
  if (fault) throw new Error(`the filter '${text}' was compiled to a wrong program: ${fault}`);
  return { bytes, count: bytes.length / BPF_INSN.LEN, room: bytes.length + 4 * BPF_MEMWORDS };
}
