// flows_csv.ts -- when messages were done, as a table with what htsim prints of
// each flow that finished. Times in microseconds; packets that htsim counts as
// sent again are under `rtx`.

import { Flow, FlowState } from '../../assembly/abi/sim.ts';
import type { Simulation } from './simulation.ts';

const MICROSECOND = 1e6;

/** Lines, the header first; messages that never ended are not among them. */
export function* flowsCsv(sim: Simulation): Generator<string> {
  yield 'flow,flow_id,src,dst,started_at_us,arrived_at_us,finished_at_us,total_packets,rtx,total_bytes';
  const { messages, topology: { devices } } = sim.model, { view } = sim.k, at = (f: number, field: Flow) => Number(view.getBigInt64(f + field, true)) / MICROSECOND;
  for (const [i, m] of messages.entries()) {
    const f = sim.flowRecord(i);
    if (m.bytes === 0 || view.getUint8(f + Flow.STATE) !== FlowState.DONE) continue;
    yield [`${m.src}->${m.dst}`, i + 1, devices[m.src]!.name, devices[m.dst]!.name, at(f, Flow.START), at(f, Flow.ARRIVED), at(f, Flow.END), view.getUint32(f + Flow.PACKETS, true), view.getUint32(f + Flow.RESENT, true), m.bytes].join();
  }
}
