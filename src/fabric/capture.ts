// capture.ts -- a capture taken on simulated links: pcapng, an interface a
// port, frames that leave as outbound, frames that its device has as inbound
// (cable and latency are behind them), in virtual nanoseconds.

import { Packet } from '../../assembly/abi/packet.ts';
import { SIM_FRAME_MAX, SimPort } from '../../assembly/abi/sim.ts';
import { TraceKind, TraceRecord } from '../../assembly/abi/sim_trace.ts';
import { openOutput } from '../capture/output.ts';
import { CaptureWriter } from '../capture/writer.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { receive, release } from '../kernel/packets.ts';
import { Frames } from './frames.ts';
import type { NamedPort } from './ports.ts';
import type { Simulation } from './simulation.ts';
import { Trace } from './trace.ts';

/** Padding that a frame may have beyond what the simulation counts. */
const PAD = 3;
/** Packet records number ports with 16 bits. */
export const CAPTURE_PORTS_MAX = 65535;

/** Frames of a port, as captured. */
export interface Captured { readonly port: string; readonly sent: number; readonly received: number }

/** A capture of a run that has not begun. */
export class FabricCapture {
  readonly #writer: CaptureWriter;
  readonly #frames: Frames;
  /** Where a frame is put together; a list of one handle. */
  readonly #room: number;
  readonly #list: number;
  /** By number of the port: its place in `ports`. */
  readonly #place: ReadonlyMap<number, number>;
  readonly #sent: number[];
  readonly #received: number[];

  constructor(readonly sim: Simulation, readonly ports: readonly NamedPort[], path: string, version: string) {
    const { k } = sim;
    this.#place = new Map(ports.map((p, i) => [p.n, i]));
    this.#sent = ports.map(() => 0);
    this.#received = ports.map(() => 0);
    this.#frames = new Frames(sim);
    this.#room = k.alloc(SIM_FRAME_MAX + PAD, 'frame');
    this.#list = k.alloc(4, 'list of a packet');
    this.#writer = new CaptureWriter(k, path, openOutput(path), {
      version, live: false, ports: ports.map((p, port) => ({ port, name: p.name, description: `to ${p.peer}`, speed: BigInt(p.rate) })),
    });
    new Trace(sim, { ports: ports.map(p => p.n), kinds: [TraceKind.SENT, TraceKind.ARRIVED], each: record => { this.#record(record); } });
  }

  #record(record: number): void {
    const { k } = this.sim, { view } = k, out = view.getUint8(record + TraceRecord.KIND) === TraceKind.SENT;
    const port = this.#place.get(view.getUint32(record + TraceRecord.PORT, true))!, counts = out ? this.#sent : this.#received;
    k.bytes.fill(0, this.#room, this.#room + SIM_FRAME_MAX + PAD);
    const bytes = this.#frames.write(record, this.#room);
    const d = receive(k, k.bytes.subarray(this.#room, this.#room + bytes), { port, time: view.getBigInt64(record + TraceRecord.TIME, true), id: ++counts[port]! });
    view.setUint16(d + Packet.TX_PORT, port, true);
    k.u32[this.#list >>> 2] = d;
    this.#writer.copy(this.#list, 1, out ? 'out' : 'in');
    release(k, d);
  }

  /**
   * Finish the file.
   * @throws WeftError when it does not have the frames that the ports counted
   */
  close(): Captured[] {
    const end = BigInt(this.sim.now);
    this.#writer.close(this.ports.map((_, port) => ({ port, received: BigInt(this.#sent[port]! + this.#received[port]!), start: 0n, end })));
    return this.ports.map(({ n, name }, i) => {
      const counted = Number(this.sim.k.view.getBigUint64(this.sim.portRecord(n) + SimPort.TX_PACKETS, true)), sent = this.#sent[i]!;
      if (sent !== counted) throw new WeftError(EXIT.internal, `the capture has ${sent} frames that left ${name}, the port counted ${counted}`);
      return { port: name, sent, received: this.#received[i]! };
    });
  }
}
