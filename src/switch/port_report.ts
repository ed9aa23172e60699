// port_report.ts -- counters of ports for people.

import { Port } from '../../assembly/abi/port.ts';
import { Ecn, MacControl } from '../../assembly/abi/qos.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import type { Position } from './file.ts';
import type { Switch } from './switch.ts';

export interface PortRow {
  readonly port: string;
  readonly packetsIn: bigint;
  readonly bytesIn: bigint;
  readonly packetsOut: bigint;
  readonly bytesOut: bigint;
  /** Wrong on receipt: TCP, UDP and ICMP checksums; the ICRC of RoCEv2. */
  readonly badChecksums: bigint;
  readonly badIcrcs: bigint;
}

/** A class of a port: how often PFC stopped it and let it go on. */
export interface PfcRow {
  readonly port: string;
  readonly pause: bigint;
  readonly resume: bigint;
  readonly pfc: bigint;
  readonly classes: readonly { readonly pause: bigint; readonly resume: bigint }[];
  /** MAC control frames that mean nothing. */
  readonly bad: bigint;
}

export interface EcnRow {
  readonly port: string;
  /** bit/s. */
  readonly rate: bigint;
  /** Bytes. */
  readonly kmin: bigint;
  readonly kmax: bigint;
  readonly pmax: number;
  readonly packets: bigint;
  /** Packets that can be marked, and those that were. */
  readonly capable: bigint;
  readonly marked: bigint;
  /** Most bytes that were waiting. */
  readonly highest: bigint;
  readonly position: Position | undefined;
}

const CLASSES = 8;
/** Picoseconds in a second, times the bits of a byte. */
const BYTE_SECOND = 8n * 10n ** 12n;

function* ports(sw: Switch): Generator<{ port: string; at: number; u64: (at: number) => bigint }> {
  const { view } = sw.built.k, first = view.getUint32(sw.at + Sw.PORTS, true);
  for (const [i, port] of sw.portNames.entries()) yield { port, at: first + i * Port.SIZEOF, u64: at => view.getBigUint64(at, true) };
}

export function showPorts(sw: Switch): PortRow[] {
  return [...ports(sw)].map(({ port, at, u64 }) => ({
    port, packetsIn: u64(at + Port.RX_PACKETS), bytesIn: u64(at + Port.RX_BYTES), packetsOut: u64(at + Port.TX_PACKETS), bytesOut: u64(at + Port.TX_BYTES),
    badChecksums: u64(at + Port.BAD_L4), badIcrcs: u64(at + Port.BAD_ICRC),
  }));
}

export function showPfc(sw: Switch): PfcRow[] {
  return [...ports(sw)].map(({ port, at, u64 }) => {
    const control = sw.built.k.view.getUint32(at + Port.MAC_CONTROL, true);
    return {
      port, pause: u64(control + MacControl.PAUSE), resume: u64(control + MacControl.RESUME), pfc: u64(control + MacControl.PFC),
      classes: Array.from({ length: CLASSES }, (_, c) => ({ pause: u64(control + MacControl.PFC_PAUSE + c * 8), resume: u64(control + MacControl.PFC_RESUME + c * 8) })),
      bad: u64(control + MacControl.BAD),
    };
  });
}

/** Ports with a virtual queue. */
export function showEcn(sw: Switch): EcnRow[] {
  return [...ports(sw)].flatMap(({ port, at, u64 }) => {
    const { view } = sw.built.k, ecn = view.getUint32(at + Port.ECN, true);
    if (ecn === 0) return [];
    const rate = u64(ecn + Ecn.RATE), bytes = (field: Ecn) => u64(ecn + field) * rate / BYTE_SECOND;
    return [{
      port, rate, kmin: bytes(Ecn.KMIN), kmax: bytes(Ecn.KMAX), pmax: Number((view.getUint32(ecn + Ecn.PMAX, true) / 2 ** 32).toPrecision(6)),
      packets: u64(ecn + Ecn.PACKETS), capable: u64(ecn + Ecn.CAPABLE), marked: u64(ecn + Ecn.MARKED), highest: bytes(Ecn.HIGHEST), position: sw.built.position(view.getUint32(ecn + Ecn.LINE, true)),
    }];
  });
}
