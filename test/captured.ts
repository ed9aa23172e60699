// captured.ts -- switches of a YAML text and a capture of described packets,
// ready to run.

import type { CaptureReader, ReadOptions } from '../src/capture/reader.ts';
import { openCapture } from '../src/capture/open.ts';
import type { Sizes } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { portMac } from '../src/replay/replay.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { build } from '../src/wire/build.ts';
import { Bytes, scratchFile } from './capture_files.ts';

/** A packet of the capture: the port it comes in by, and a description (src/wire/build.ts) or its bytes. */
export interface Described { port: string; packet: string | Uint8Array; /** Microseconds; default: one after the packet before. */ at?: number }

export function networkOf(yaml: string, sizes: Sizes = {}): Network {
  return new Network(loadKernels({ memory: 256 * 2 ** 20, small: 1024, jumbo: 64, huge: 16, ...sizes }), new SwitchFile('switch.yaml', yaml));
}

/** Number of a port by its name. */
export function portOf(network: Network, name: string): number {
  const i = network.ports.findIndex(p => p.name === name);
  if (i < 0) throw new Error(`no port ${name}`);
  return i;
}

const SOURCE = Uint8Array.of(2, 0, 0, 0, 0, 0x77);

/** Bytes of a description; destination MAC is the port's unless it says otherwise. */
export const frameOf = (network: Network, port: string, packet: string): Uint8Array =>
  build(packet, { src: SOURCE, dst: portMac(network, portOf(network, port)) });

/** A pcapng file of packets, one interface a port. */
export function captureFile(network: Network, name: string, packets: readonly Described[]): string {
  const b = new Bytes(false), ports = network.ports.map(p => p.name);
  const blocks = packets.map(({ port, packet, at }, i) => b.epb(ports.indexOf(port), BigInt(1_000_000 + (at ?? i)), typeof packet === 'string' ? frameOf(network, port, packet) : packet));
  return scratchFile(name, b.shb(), ...ports.map(p => b.idb(1, 0, b.option(2, Buffer.from(p)))), ...blocks);
}

/** Read it into its network. */
export function readerOf(network: Network, path: string, options: ReadOptions = {}): CaptureReader {
  const numbers = new Map(network.ports.map((p, i) => [p.name, i]));
  return openCapture(network.k, path, { port: (_, name) => numbers.get(name) ?? 0, mac: port => portMac(network, port), ...options });
}
