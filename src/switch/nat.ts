// nat.ts -- NAT44 from the file: pools, port forwards, timeouts; and the
// mappings there are.

import { Nat, NAT_OUTSIDE, NatForward, NatMapping, NatPool } from '../../assembly/abi/nat.ts';
import { Iface } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { FlowTable } from '../kernel/flows.ts';
import { Exact32, Exact64 } from '../kernel/tables.ts';
import { formatIp, parseIp4, parsePrefix } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import type { NatConfig } from './config.ts';
import type { Path, Position } from './file.ts';
import { parseTime } from './quantity.ts';

/** NAT of a switch: its mappings, and what they come from. */
export interface BuiltNat {
  readonly table: FlowTable;
  readonly pools: readonly { readonly at: number; readonly inside: string; readonly path: Path }[];
  readonly forwards: readonly { readonly at: number; readonly protocol: string; readonly path: Path }[];
}

const TABLE_SIZE = 65536;
const PORTS = '1024-65535';
/** RFC 5382 section 5 REQ-5, RFC 4787 section 4.3 REQ-5, RFC 5508 section 3.2 REQ-2. */
const TIMEOUTS = { tcp: ['124min', Nat.TCP], tcp_transitory: ['4min', Nat.TCP_TRANSITORY], udp: ['5min', Nat.UDP], icmp: ['60s', Nat.ICMP] } as const;
/** Outside addresses of a switch. */
const ADDRESSES_MAX = 65536;

export function buildNat(b: Builder): void {
  const config = b.config.nat;
  if (!config) return;
  const { k } = b, path: Path = ['nat'], at = k.alloc(Nat.SIZEOF, 'NAT'), vrf = b.vrf(config.vrf, [...path, 'vrf']) ?? 0;
  k.view.setUint32(b.sw + Switch.NAT, at, true);
  k.view.setUint32(at + Nat.DOMAIN, vrf, true);
  const table = new FlowTable(k, 2 * (config.table_size ?? TABLE_SIZE), b.config.seed ?? b.number);
  k.view.setUint32(at + Nat.TABLE, table.at, true);
  for (const [key, [text, field]] of Object.entries(TIMEOUTS) as [keyof typeof TIMEOUTS, (typeof TIMEOUTS)['tcp']][]) {
    const ps = b.try([...path, 'timeouts', key], () => parseTime(config.timeouts?.[key] ?? text)) ?? 1n;
    if (ps === 0n) b.fault([...path, 'timeouts', key], 'a mapping would be over at once');
    k.view.setBigInt64(at + field, ps, true);
  }
  config.outside.forEach((name, i) => {
    const iface = b.interface(name, [...path, 'outside', i]);
    if (iface && iface.domain !== vrf) b.fault([...path, 'outside', i], `${name} is not in the VRF that is translated`);
    if (iface) k.view.setUint8(iface.at + Iface.NAT, NAT_OUTSIDE);
  });
  const pools = placePools(b, config, at), forwards = placeForwards(b, config, at);
  if (!pools || !forwards) return;
  b.nat = { table, pools: pools.placed, forwards };
  const outside = new Set([...pools.addresses, ...forwards.map(f => k.view.getUint32(f.at + NatForward.OUTSIDE, true))]), own = new Exact32(k, outside.size, 'NAT addresses');
  const mine = new Set(b.interfaces.filter(i => i.domain === vrf).flatMap(i => i.addresses).filter(a => a.address.length === 4).map(a => number(a.address)));
  for (const address of outside) own.put(address, mine.has(address) ? 1 : 0);
  k.view.setUint32(at + Nat.ADDRESSES, own.at, true);
}

const number = (a: Uint8Array): number => (a[0]! << 24 | a[1]! << 16 | a[2]! << 8 | a[3]!) >>> 0;
const text = (n: number): string => formatIp(Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n));

function placePools(b: Builder, { pools = [] }: NatConfig, nat: number): { addresses: number[]; placed: BuiltNat['pools'] } | undefined {
  const { k } = b, base = k.alloc(Math.max(1, pools.length) * NatPool.SIZEOF, 'NAT pools'), before = b.faults.length, all: number[] = [], placed: BuiltNat['pools'][number][] = [];
  k.view.setUint32(nat + Nat.POOLS, base, true);
  k.view.setUint32(nat + Nat.POOL_COUNT, pools.length, true);
  pools.forEach((pool, i) => {
    const path: Path = ['nat', 'pools', i], at = base + i * NatPool.SIZEOF, inside = b.try([...path, 'inside'], () => parsePrefix(pool.inside));
    if (!inside) return;
    if (inside.address.length !== 4) return b.fault([...path, 'inside'], 'is no IPv4 prefix: NAT44 knows IPv4 only');
    const addresses = pool.addresses.flatMap((a, n) => addressesIn(b, a, [...path, 'addresses', n]));
    const [first = 0, last = 0] = (pool.ports ?? PORTS).split('-').map(Number);
    if (first < 1 || first > last || last > 65535) return b.fault([...path, 'ports'], `${pool.ports} is no range of ports`);
    // Hosts share an address evenly: as many as are needed, each a block.
    const hosts = 2 ** (32 - inside.length), share = Math.max(1, Math.ceil(hosts / Math.max(1, addresses.length))), block = pool.block ?? Math.floor((last - first + 1) / share), most = Math.floor((last - first + 1) / Math.max(1, block));
    if (block < 1 || most * addresses.length < hosts)
      return b.fault([...path, pool.block === undefined ? 'addresses' : 'block'], `${hosts} hosts with ${Math.max(1, block)} ports each need ${Math.ceil(hosts / Math.max(1, most))} addresses: there are ${addresses.length}`);
    for (const a of addresses) if (all.includes(a)) b.fault([...path, 'addresses'], `${text(a)} is another pool's already`);
    all.push(...addresses);
    const list = k.alloc(addresses.length * 4, 'NAT pools');
    k.u32.set(addresses, list >>> 2);
    for (const [field, value] of [[NatPool.INSIDE, number(inside.address)], [NatPool.MASK, inside.length === 0 ? 0 : (0xffffffff << (32 - inside.length)) >>> 0], [NatPool.ADDRESSES, list], [NatPool.BLOCK, block], [NatPool.FIRST_PORT, first], [NatPool.HOSTS, most], [NatPool.LINE, b.line(path)]] as const)
      k.view.setUint32(at + field, value, true);
    placed.push({ at, inside: pool.inside, path });
  });
  return b.faults.length === before ? { addresses: all, placed } : undefined;
}

/** An address, or all of a prefix. */
function addressesIn(b: Builder, value: string, path: Path): number[] {
  const prefix = b.try(path, () => parsePrefix(value.includes('/') ? value : `${value}/32`));
  if (!prefix) return [];
  const count = 2 ** (32 - prefix.length);
  if (count > ADDRESSES_MAX) {
    b.fault(path, `${value} are more than ${ADDRESSES_MAX} addresses`);
    return [];
  }
  return Array.from({ length: count }, (_, i) => number(prefix.address) + i);
}

function placeForwards(b: Builder, { forwards = [] }: NatConfig, nat: number): BuiltNat['forwards'] | undefined {
  const { k } = b, inward = new Exact64(k, forwards.length, 'NAT forwards'), outward = new Exact64(k, forwards.length, 'NAT forwards'), before = b.faults.length;
  k.view.setUint32(nat + Nat.FORWARDS_IN, inward.at, true);
  k.view.setUint32(nat + Nat.FORWARDS_OUT, outward.at, true);
  const placed = forwards.flatMap((f, i) => {
    const path: Path = ['nat', 'forwards', i], at = k.alloc(NatForward.SIZEOF, 'NAT forwards'), protocol = f.protocol === 'tcp' ? IP_PROTOCOL.TCP : IP_PROTOCOL.UDP;
    const outside = b.try([...path, 'address'], () => number(parseIp4(f.address))), inside = b.try([...path, 'to'], () => number(parseIp4(f.to)));
    if (outside === undefined || inside === undefined) return [];
    const key = (address: number, port: number) => BigInt(protocol) << 48n | BigInt(address) << 16n | BigInt(port), ends = [key(outside, f.port), key(inside, f.to_port ?? f.port)] as const;
    if (inward.has(ends[0])) b.fault(path, `${f.address}:${f.port} is forwarded already`);
    if (outward.has(ends[1])) b.fault([...path, 'to'], `${f.to}:${f.to_port ?? f.port} has an outside end already`);
    k.view.setUint32(at + NatForward.OUTSIDE, outside, true);
    k.view.setUint32(at + NatForward.INSIDE, inside, true);
    k.view.setUint32(at + NatForward.LINE, b.line(path), true);
    k.view.setUint16(at + NatForward.OUTSIDE_PORT, f.port, true);
    k.view.setUint16(at + NatForward.INSIDE_PORT, f.to_port ?? f.port, true);
    inward.put(ends[0], at);
    outward.put(ends[1], at);
    return [{ at, protocol: f.protocol, path }];
  });
  return b.faults.length === before ? placed : undefined;
}

export interface NatRow {
  /** `forward`, or `mapping`. */
  readonly kind: 'forward' | 'mapping';
  readonly protocol: string;
  /** Address and port, or ICMP identifier. */
  readonly inside: string;
  readonly outside: string;
  /** Picoseconds until it is forgotten; forwards never are. */
  readonly left: bigint | null;
  readonly position: Position;
}

/** Forwards in the order of the file, then the mappings there are. */
export function listNat(b: Builder): NatRow[] {
  const { view } = b.k, position = (path: Path) => b.file.position([...b.root, ...path]);
  if (!b.nat) return [];
  const now = view.getBigInt64(b.sw + Switch.NOW, true), end = (address: number, port: number) => `${text(address)}:${port}`;
  const forwards = b.nat.forwards.map(({ at, protocol, path }): NatRow => ({
    kind: 'forward', protocol, inside: end(view.getUint32(at + NatForward.INSIDE, true), view.getUint16(at + NatForward.INSIDE_PORT, true)),
    outside: end(view.getUint32(at + NatForward.OUTSIDE, true), view.getUint16(at + NatForward.OUTSIDE_PORT, true)), left: null, position: position(path),
  }));
  const mappings = [...b.nat.table.entries(now)].flatMap((at): NatRow[] => {
    // Keys: address, port, protocol, side (tenant/nat44). A mapping is shown by its inside.
    if (view.getUint8(at + 7) !== 1) return [];
    const inside = view.getUint32(at, true), pool = b.nat!.pools.find(p => (inside & view.getUint32(p.at + NatPool.MASK, true)) >>> 0 === view.getUint32(p.at + NatPool.INSIDE, true));
    return [{
      kind: 'mapping', protocol: (IP_PROTOCOL[view.getUint8(at + 6)] ?? '').toLowerCase(), inside: end(inside, view.getUint16(at + 4, true)),
      outside: end(view.getUint32(at + NatMapping.ADDRESS, true), view.getUint16(at + NatMapping.PORT, true)), left: view.getBigInt64(at + 40, true) - now, position: position(pool?.path ?? ['nat']),
    }];
  });
  return [...forwards, ...mappings];
}
