// trace.ts -- what a simulation writes down of packets at chosen ports, taken
// out of the kernels' memory record by record.

import { NOBODY, Sim, SimPort, SimPortState } from '../../assembly/abi/sim.ts';
import { SimTrace, type TraceKind, TraceRecord } from '../../assembly/abi/sim_trace.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Simulation } from './simulation.ts';

/** Records in memory: 6 MiB. What one event takes at most: a choice among as many ways as a switch has ports, and what is sent then. */
const ROOM = 131072, SPARE = 8192;

export interface TraceOptions {
  /** Numbers of the ports. */
  readonly ports: readonly number[];
  readonly kinds: readonly TraceKind[];
  /** The one flow whose packets are wanted; default all. */
  readonly flow?: number;
  /** Called with the address of each record, in order of time. */
  readonly each: (record: number) => void;
}

/** One a simulation. */
export class Trace {
  readonly #at: number;

  constructor(readonly sim: Simulation, readonly options: TraceOptions) {
    const { k } = sim, at = this.#at = k.alloc(SimTrace.SIZEOF, 'trace');
    k.view.setUint32(at + SimTrace.RECORDS, k.alloc(ROOM * TraceRecord.SIZEOF, 'trace records'), true);
    k.view.setUint32(at + SimTrace.ROOM, ROOM, true);
    k.view.setUint32(at + SimTrace.SPARE, SPARE, true);
    k.view.setUint32(at + SimTrace.KINDS, options.kinds.reduce((bits, kind) => bits | 1 << kind, 0), true);
    k.view.setUint32(at + SimTrace.FLOW, options.flow ?? NOBODY, true);
    k.view.setUint32(sim.at + Sim.TRACE, at, true);
    for (const n of options.ports) {
      const state = sim.portRecord(n) + SimPort.STATE;
      k.view.setUint8(state, k.view.getUint8(state) | SimPortState.TRACED);
    }
    sim.trace = this;
  }

  /** Hand over what was written since the last time. */
  drain(): void {
    const { view } = this.sim.k, at = this.#at, count = view.getUint32(at + SimTrace.COUNT, true), first = view.getUint32(at + SimTrace.RECORDS, true);
    if (count === ROOM) throw new WeftError(EXIT.internal, `one event left more than ${SPARE} trace records`);
    for (let i = 0; i < count; i++) this.options.each(first + i * TraceRecord.SIZEOF);
    view.setUint32(at + SimTrace.COUNT, 0, true);
  }
}
