// input.ts -- the capture that a command reads into a network: filter, ports,
// reader.

import { openCapture } from '../capture/open.ts';
import { openWithPcapParser } from '../capture/pcap_parser.ts';
import type { CaptureReader, ReadOptions } from '../capture/reader.ts';
import { compileFilter, type Program } from '../filter/filter.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { portMac } from '../replay/replay.ts';
import { nearest } from '../switch/nearest.ts';
import type { Network } from '../switch/network.ts';

export interface InputFlags {
  read: string;
  port?: string;
  reader?: 'weft' | 'pcap-parser';
}

/**
 * Open a capture for a network: packets enter by the port named like their
 * interface, else by --port.
 * @param program compiled before the network is loaded, so that its faults come first
 */
export function openInput(network: Network, { read, port, reader }: InputFlags, program: Program, options: Pick<ReadOptions, 'mark'> = {}): CaptureReader {
  const { k, ports } = network, numbers = new Map(ports.map((p, i) => [p.name, i])), fallback = entryPort(network, port), at = k.alloc(program.room, 'filter');
  k.bytes.set(program.bytes, at);
  return (reader === 'pcap-parser' ? openWithPcapParser : openCapture)(k, read, {
    ...options,
    port: (_, name) => numbers.get(name) ?? fallback,
    mac: number => portMac(network, number),
    filter: { program: at, count: program.count },
  });
}

/** Filter from the words of a command line; none takes every packet. @throws FilterError */
export const inputFilter = (words: readonly string[]): Program => compileFilter(words.join(' '));

/** The port that packets enter by when their interface says nothing: the one named, or the first that leads outside. */
export function entryPort(network: Network, name: string | undefined): number {
  const { ports } = network, outside = ports.findIndex((_, i) => !network.linked(i));
  if (name === undefined) return Math.max(0, outside);
  const found = ports.findIndex(p => p.name === name), names = ports.map(p => p.name), guess = nearest(name, names);
  if (found < 0) throw new WeftError(EXIT.usage, `no port "${name}"${guess ? `, do you mean "${guess}"?` : ''}`, `there are ${names.join(', ')}`);
  return found;
}
