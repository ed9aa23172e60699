// load_balancers.ts -- virtual services from the file: which real servers are
// behind an address and port, how a packet gets to them, whose flows stay.

import { LbMode, LbReal, LbService } from '../../assembly/abi/lb.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { FlowTable, placeChoice } from '../kernel/flows.ts';
import { Exact64 } from '../kernel/tables.ts';
import { parseIp4 } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import type { BalancerConfig } from './config.ts';
import type { Path, Position } from './file.ts';
import { parseTime } from './quantity.ts';

/** A service with its reals, in the order of the file. */
export interface BuiltBalancer { readonly name: string; readonly config: BalancerConfig; readonly at: number; readonly reals: readonly number[] }

const TABLE_SIZE = 65536, TCP = '15min', UDP = '2min';
/** VRFs that keys have room for. */
const VRFS_MAX = 256;

export function buildBalancers(b: Builder): void {
  const all = Object.entries(b.config.load_balancers ?? {});
  if (all.length === 0) return;
  const services = new Exact64(b.k, all.length, 'virtual services');
  b.k.view.setUint32(b.sw + Switch.LB, services.at, true);
  all.forEach(([name, config], i) => { place(b, name, config, i, services); });
}

function place(b: Builder, name: string, c: BalancerConfig, number: number, services: Exact64): void {
  const { k } = b, path: Path = ['load_balancers', name], vrf = b.vrf(c.vrf, [...path, 'vrf']), vip = b.try([...path, 'address'], () => parseIp4(c.address));
  if (vrf === undefined || !vip) return;
  if (vrf >= VRFS_MAX) {
    b.fault([...path, 'vrf'], `is VRF ${vrf}: load balancers are in the first ${VRFS_MAX}`);
    return;
  }
  const source = c.source === undefined ? undefined : b.try([...path, 'source'], () => parseIp4(c.source!));
  if (c.mode === 'ipip' && c.source === undefined) b.fault(path, 'mode ipip needs a `source` for the outer header');
  if (c.mode !== 'ipip' && c.source !== undefined) b.fault([...path, 'source'], 'goes with mode ipip', true);
  const at = k.alloc(LbService.SIZEOF, 'virtual service'), base = k.alloc(c.reals.length * LbReal.SIZEOF, 'real servers');
  const reals = c.reals.map((_, i) => base + i * LbReal.SIZEOF);
  c.reals.forEach((r, i) => { placeReal(b, c, r, reals[i]!, vrf, source, [...path, 'reals', i]); });
  // Names are addresses: whoever lists the same reals shares flows out alike.
  const names = c.reals.map(r => BigInt(`0x${Buffer.from(b.try([...path, 'reals'], () => parseIp4(r.address)) ?? [0]).toString('hex')}`)), maglev = placeChoice(k, 'maglev', names);
  c.reals.forEach((r, i) => { k.fn['maglev_weight']!(maglev, i, r.drain ? 0 : r.weight ?? 1); });
  k.fn['maglev_build']!(maglev);
  const time = (key: 'tcp' | 'udp', otherwise: string) => b.try([...path, key], () => parseTime(c[key] ?? otherwise)) ?? 1n;
  k.view.setUint32(at + LbService.MAGLEV, maglev, true);
  k.view.setUint32(at + LbService.REALS, base, true);
  k.view.setUint32(at + LbService.COUNT, reals.length, true);
  k.view.setUint32(at + LbService.FLOWS, c.affinity === 'stateless' ? 0 : new FlowTable(k, c.table_size ?? TABLE_SIZE, b.config.seed ?? b.number).at, true);
  k.view.setUint32(at + LbService.LINE, b.line(path), true);
  k.view.setUint32(at + LbService.NUMBER, number, true);
  k.view.setBigInt64(at + LbService.TCP, time('tcp', TCP), true);
  k.view.setBigInt64(at + LbService.UDP, time('udp', UDP), true);
  const protocol = c.protocol === 'tcp' ? IP_PROTOCOL.TCP : IP_PROTOCOL.UDP, address = new DataView(vip.buffer, vip.byteOffset).getUint32(0, true);
  const key = BigInt(vrf) << 56n | BigInt(protocol) << 48n | BigInt(address) << 16n | BigInt(c.port ?? 0);
  if (services.has(key)) b.fault([...path, 'address'], `${c.address} has a service of that protocol and port already`);
  services.put(key, at);
  b.balancers.push({ name, config: c, at, reals });
}

function placeReal(b: Builder, c: BalancerConfig, r: BalancerConfig['reals'][number], at: number, vrf: number, source: Uint8Array | undefined, path: Path): void {
  const { k } = b, address = b.try([...path, 'address'], () => parseIp4(r.address));
  if (!address) return;
  k.view.setUint8(at + LbReal.MODE, c.mode === 'ipip' ? LbMode.IPIP : LbMode.DIRECT);
  k.view.setUint8(at + LbReal.DRAIN, r.drain ? 1 : 0);
  k.view.setUint32(at + LbReal.LINE, b.line(path), true);
  k.bytes.set(address, at + LbReal.ADDRESS);
  if (source) k.bytes.set(source, at + LbReal.SOURCE);
  if (c.mode === 'ipip') {
    if (r.port !== undefined) b.fault([...path, 'port'], 'goes with mode direct: the outer packet is routed', true);
    return;
  }
  const hop = b.gatewayHop(vrf, address, r.port, ETHERTYPE.IPV4, [...path, 'address']);
  if (hop !== undefined) k.view.setUint32(at + LbReal.HOP, hop, true);
}

export interface RealRow {
  readonly service: string;
  readonly vip: string;
  readonly real: string;
  readonly weight: number;
  readonly drain: boolean;
  readonly packets: bigint;
  /** Of layer 3. */
  readonly bytes: bigint;
  /** That began; of stateless services none is known. */
  readonly flows: bigint;
  readonly position: Position;
}

/** Real servers of all services, and what went to them. */
export function listReals(b: Builder): RealRow[] {
  const { view } = b.k;
  return b.balancers.flatMap(({ name, config: c, reals }) => c.reals.map((r, i) => ({
    service: name, vip: `${c.address}:${c.port ?? '*'}/${c.protocol}`, real: r.address, weight: r.weight ?? 1, drain: r.drain ?? false,
    packets: view.getBigUint64(reals[i]! + LbReal.PACKETS, true), bytes: view.getBigUint64(reals[i]! + LbReal.BYTES, true), flows: view.getBigUint64(reals[i]! + LbReal.FLOWS, true),
    position: b.file.position([...b.root, 'load_balancers', name, 'reals', i]),
  })));
}
