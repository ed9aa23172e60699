// ipsec.ts -- IPsec tunnels: ESP in UDP with the flow's entropy in the source
// port (RFC 3948, draft-xu-ipsecme-esp-in-udp-lb). Keys come from the file, as
// `ip xfrm state` takes them; there is no IKE.

import { Esp, HostQueue } from '../../assembly/abi/esp.ts';
import { HopKind } from '../../assembly/abi/hop.ts';
import { Pool } from '../../assembly/abi/packet.ts';
import { IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { UDP, UDP_PORT } from '../../assembly/wire/udp.ts';
import { ESP_OVERHEAD_MAX, type Key, ReplayWindow, splitKey } from '../crypto/esp.ts';
import { type Builder, defaultMac, type Interface, sameBytes } from './builder.ts';
import type { IpsecConfig } from './config.ts';
import type { Path, Position } from './file.ts';
import { listen, udpEdge } from './listeners.ts';
import { endpoint } from './vxlan.ts';

/** Packets that may come late: a window for sprayed and spread tunnels (spec: 1,024 and more). */
const REPLAY = 2048;
const TTL = 64;

/** A tunnel: an SA each way, and the headers of what goes out. */
export interface IpsecTunnel {
  readonly name: string;
  readonly path: Path;
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
  /** UDP port of both ends; and whether the source port is the flow's instead. */
  readonly port: number;
  readonly entropy: boolean;
  readonly ttl: number;
  /** Underlay VRF. */
  readonly vrf: number;
  readonly iface: Interface;
  readonly out: { readonly spi: number; readonly key: Key };
  readonly in: { readonly spi: number; readonly key: Key; readonly window: ReplayWindow };
  /** Last number sent. */
  sequence: number;
  /** Its Esp out, and in. */
  at: number;
  back: number;
}

export function declareIpsec(b: Builder): void {
  for (const [name, config] of Object.entries(b.config.ipsec ?? {})) {
    const path: Path = ['ipsec', name];
    if (b.interfaces.some(i => i.name === name)) b.fault(path, `there is an interface ${name} already`, true);
    const local = endpoint(b, config.local, [...path, 'local']), remote = endpoint(b, config.remote, [...path, 'remote']);
    const vrf = b.vrf(config.underlay, [...path, 'underlay']), domain = b.vrf(config.vrf, [...path, 'vrf']), out = keyOf(b, config.key_out, [...path, 'key_out']), within = keyOf(b, config.key_in, [...path, 'key_in']);
    if (!local || !remote || vrf === undefined || domain === undefined || !out || !within) continue;
    if (local.length !== remote.length) b.fault([...path, 'remote'], `${config.remote} is of another family than ${config.local}`);
    else if (sameBytes(local, remote)) b.fault([...path, 'remote'], 'is the local address itself');
    const taken = [...b.ipsec.values()].find(t => t.in.spi === config.spi_in && sameBytes(t.local, local) && t.port === (config.port ?? UDP_PORT.ESP));
    if (taken) b.fault([...path, 'spi_in'], `SPI ${config.spi_in} is that of ${taken.name} already`);
    const six = local.length === 16, iface = b.addInterface({ name, path, kind: IfaceKind.TUNNEL, domain, port: -1, mac: defaultMac(b.number, 0), mtu: mtuOf(b, config, vrf, six), tags: [], addresses: [], flags: 0 });
    b.ipsec.set(name, {
      name, path, local, remote, port: config.port ?? UDP_PORT.ESP, entropy: config.entropy ?? true, ttl: config.ttl ?? TTL, vrf, iface, out: { spi: config.spi_out, key: out },
      in: { spi: config.spi_in, key: within, window: new ReplayWindow(config.replay_window ?? REPLAY) }, sequence: 0, at: 0, back: 0,
    });
  }
}

function keyOf(b: Builder, text: string, path: Path): Key | undefined {
  const key = splitKey(Uint8Array.from(Buffer.from(text.replace(/^0x/, ''), 'hex')));
  if (!key) b.fault(path, 'expected 20, 28 or 36 octets in hex: an AES key and four octets of salt, as `ip xfrm` takes for rfc4106(gcm(aes))');
  return key;
}

/** Largest packet inside: what every port of the underlay carries once ESP is around it. */
function mtuOf(b: Builder, config: IpsecConfig, vrf: number, six: boolean): number {
  const ports = b.interfaces.filter(i => i.kind === IfaceKind.L3 && i.port >= 0 && i.domain === vrf), overhead = (six ? IP6.LEN : IP4.LEN) + UDP.LEN + ESP_OVERHEAD_MAX;
  return config.mtu ?? Math.min(65535 - overhead, ...ports.map(p => p.mtu - overhead));
}

export function buildIpsec(b: Builder): void {
  const { k } = b, tunnels = [...b.ipsec.values()], ends = new Set<string>();
  if (tunnels.length === 0) return;
  const records = [Pool.SIZE, Pool.SIZE + 4, Pool.SIZE + 8].reduce((n, field) => n + k.view.getUint32(k.pool + field, true), 0);
  const queue = k.alloc(HostQueue.SIZEOF, 'host queue');
  k.view.setUint32(queue + HostQueue.LIST, k.alloc(records * 4, 'host queue'), true);
  k.view.setUint32(b.sw + Switch.HOST_QUEUE, queue, true);
  tunnels.forEach((t, number) => {
    t.at = placeEsp(b, t.path, number);
    t.back = placeEsp(b, t.path, number);
    const end = `${t.port} ${t.vrf} ${Buffer.from(t.local).toString('hex')}`;
    if (!ends.has(end)) listen(b, { over: 'udp', number: t.port, vrf: t.vrf, address: t.local, at: placeEsp(b, [...t.path, 'local'], number) }, [...t.path, 'local']);
    ends.add(end);
  });
}

function placeEsp(b: Builder, path: Path, number: number): number {
  const { k } = b, at = k.alloc(Esp.SIZEOF, 'SA');
  k.view.setUint8(at + Esp.EDGE, udpEdge('esp_decrypt'));
  k.view.setUint32(at + Esp.NUMBER, number, true);
  k.view.setUint32(at + Esp.LINE, b.line(path), true);
  return at;
}

/** The hop of a route into a tunnel. */
export function ipsecHop(b: Builder, name: string, path: Path): number | undefined {
  const t = b.ipsec.get(name);
  if (!t) return void b.fault([...path, 'ipsec'], `no IPsec tunnel "${name}"${b.ipsec.size > 0 ? `: there are ${[...b.ipsec.keys()].join(', ')}` : ''}`);
  return b.hop({ kind: HopKind.ESP_ENCRYPT, aux: t.at, iface: t.iface, path });
}

/** A direction of a tunnel as people want to see it. */
export interface IpsecRow {
  readonly tunnel: string;
  readonly direction: 'out' | 'in';
  readonly spi: number;
  /** Out: outer headers counted; in: of what was inside. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly position: Position;
}

export function listIpsec(b: Builder): IpsecRow[] {
  return [...b.ipsec.values()].flatMap(t => (['out', 'in'] as const).map(direction => {
    const at = direction === 'out' ? t.at : t.back;
    return { tunnel: t.name, direction, spi: t[direction].spi, packets: b.k.view.getBigUint64(at + Esp.PACKETS, true), bytes: b.k.view.getBigUint64(at + Esp.BYTES, true), position: b.file.position([...b.root, ...t.path], true) };
  }));
}
