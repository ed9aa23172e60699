// explain.ts -- run a capture up to one packet, and watch that one.

import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { faultText } from '../capture/fault.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { takeTrace } from '../graph/trace.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { receive, release, take, Vector } from '../kernel/packets.ts';
import { replay } from '../replay/replay.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';
import { type Explanation, reasonOf, tell } from './explanation.ts';
import { Walk } from './walk.ts';

/** Bytes of a switch's trace buffer, emptied after each of its runs. */
const TRACE = 2 ** 20;

/** Watches the packet that carries a mark. */
class Watch {
  readonly walk: Walk;
  lost = 0;

  constructor(readonly network: Network) {
    this.walk = new Walk(network);
    for (const s of network.switches) s.graph.trace(TRACE);
  }

  readonly run = (sw: Switch): boolean => {
    const drained = sw.graph.run(), { visits, lost } = takeTrace(sw.graph);
    this.walk.add(sw, visits);
    this.lost += lost;
    return drained;
  };

  get seen(): boolean { return this.walk.roots.length > 0; }

  tell(number: number): Explanation { return tell(this.network, this.walk, number, this.lost); }
}

/**
 * Explain packet `number` of a capture. All packets before it pass through the
 * network first, and those of its burst with it.
 * @param reader fresh, made with `mark: number`
 * @throws WeftError: exit code 2 when there is no such packet or the filter
 *         does not take it, 3 when the capture is unreadable before it
 */
export async function explainPacket(network: Network, reader: CaptureReader, number: number): Promise<Explanation> {
  const watch = new Watch(network), stop = new AbortController();
  await replay(network, reader, { run: watch.run, signal: stop.signal, progress: () => { if (watch.seen) stop.abort(); } });
  if (watch.seen) return watch.tell(number);
  const { fault, packets } = reader;
  if (packets >= number) return refused(reader, number);
  if (fault) throw new WeftError(EXIT.input, faultText(fault), `packet ${number} would stand behind it; ${packets} were read`);
  throw new WeftError(EXIT.usage, `${reader.path} has ${packets} packets, no packet ${number}`, 'packets are numbered from 1');
}

/** A packet that was read and never entered: the reader dropped it, or the filter left it out. */
function refused({ drops, path, filtered }: CaptureReader, number: number): Explanation {
  const possible = drops.filter(d => d.first <= number), [drop] = possible;
  if (!drop || (filtered > 0 && drop.first !== number)) throw new WeftError(EXIT.usage, `the filter does not take packet ${number} of ${path}`, 'leave the filter away, or choose another packet');
  const reason = possible.find(d => d.first === number)?.reason ?? drop.reason;
  const outcome = { end: 'dropped', switch: '', node: 'reader', port: '', bytes: 0, reason, because: reasonOf(reason) } as const;
  return { number, port: '', bytes: 0, summary: undefined, visits: [], branches: [], outcome, lost: 0 };
}

/**
 * Explain a frame as if it came in now.
 * @param port   number of Network.ports
 * @param reader what passes through the network first
 */
export async function explainFrame(network: Network, port: number, frame: Uint8Array, reader?: CaptureReader): Promise<Explanation> {
  if (reader) {
    await replay(network, reader);
    if (reader.fault) throw new WeftError(EXIT.input, faultText(reader.fault), 'what the switches know would be incomplete');
  }
  const { k } = network, watch = new Watch(network), vector = new Vector(k);
  const now = network.switches.map(s => k.view.getBigInt64(s.at + Sw.NOW, true)).sort((a, b) => Number(b - a))[0]!;
  const d = receive(k, frame, { port: network.ports[port]!.port, time: now, id: (reader?.packets ?? 0) + 1, mark: true });
  if (d === 0) throw new WeftError(EXIT.usage, `${frame.length} bytes are more than a frame may have`);
  vector.put([d]);
  network.input(port, vector.at, 1);
  network.run({ run: watch.run, sent: () => { for (const sent of take(k, 'TX')) release(k, sent); } });
  return watch.tell(0);
}
