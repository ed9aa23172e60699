// services_report.ts -- services while packets go through them: what their
// proxies remember, and whether they are up.

import { Hop } from '../../assembly/abi/hop.ts';
import { PROXY_WAYS, ProxyCache, ProxyFlag, ProxyFlows, SrProxy } from '../../assembly/abi/proxy.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { ServiceConfig } from './config.ts';
import type { Position } from './file.ts';
import type { PlacedService } from './services.ts';
import type { Switch } from './switch.ts';

/** What a proxy has cached. */
export interface CacheRow {
  /** Headers, bytes; of flows the longest. */
  readonly bytes: number;
  /** Picoseconds since a packet had them, of flows the last one; undefined for configured headers, and before any packet. */
  readonly age: bigint | undefined;
  /** Flows that have headers, and how many could; undefined where one cache is for all. */
  readonly flows: { readonly used: number; readonly size: number; readonly evicted: bigint } | undefined;
  /** Times that other headers took the place of cached ones. */
  readonly changes: bigint;
}

export interface ServiceRow {
  readonly service: string;
  readonly behavior: ServiceConfig['behavior'];
  readonly flavors: readonly string[];
  /** SID or label. */
  readonly segment: string;
  readonly inner: string;
  readonly out: string;
  readonly in: string;
  readonly state: 'up' | 'down';
  readonly onFailure: 'bypass' | 'drop';
  /** None where nothing is cached. */
  readonly cache: CacheRow | undefined;
  /** Packets and bytes that came back, outer headers counted; of services that share IFACE-IN the first has them. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly bypassed: bigint;
  readonly position: Position;
}

/** The services of a switch in the order of the file. */
export function showServices(sw: Switch): ServiceRow[] {
  const { view } = sw.built.k;
  return [...sw.built.services.values()].map(s => {
    const { name, at, config: { behavior, sid, label, inner = '', flavors = [], on_failure = 'drop' } } = s, back = at + SrProxy.RETURN;
    return {
      service: name, behavior, flavors, segment: sid ?? String(label), inner, out: s.out.name, in: s.in?.name ?? '',
      state: view.getUint8(at + SrProxy.FLAGS) & ProxyFlag.DOWN ? 'down' : 'up', onFailure: on_failure, cache: cacheOf(sw, s),
      packets: view.getBigUint64(back + Hop.PACKETS, true), bytes: view.getBigUint64(back + Hop.BYTES, true),
      bypassed: view.getBigUint64(at + SrProxy.BYPASSED, true), position: positionOf(sw, s),
    };
  });
}

const positionOf = ({ built }: Switch, s: PlacedService): Position => built.file.position([...built.root, ...s.path], true);

function cacheOf(sw: Switch, { at, config }: PlacedService): CacheRow | undefined {
  const { view } = sw.built.k, table = view.getUint32(at + SrProxy.FLOWS, true), changes = view.getBigUint64(at + SrProxy.CHANGES, true);
  const caches = table === 0 ? [at + SrProxy.CACHE] : flowsAt(sw, table), used = caches.filter(c => view.getUint16(c, true) > 0);
  if (used.length === 0 && table === 0) return undefined;
  const ages = used.map(c => view.getBigInt64(sw.at + Sw.NOW, true) - view.getBigInt64(c + ProxyCache.SINCE, true)).sort((a, b) => Number(a - b));
  return {
    bytes: Math.max(0, ...used.map(c => view.getUint16(c, true))), age: config.behavior === 'End.AS' ? undefined : ages[0], changes,
    flows: table === 0 ? undefined : { used: used.length, size: caches.length, evicted: view.getBigUint64(table + ProxyFlows.EVICTED, true) },
  };
}

function flowsAt(sw: Switch, table: number): number[] {
  const size = (sw.built.k.view.getUint32(table + ProxyFlows.MASK, true) + 1) * PROXY_WAYS;
  return Array.from({ length: size }, (_, i) => table + ProxyFlows.SETS + i * ProxyCache.SIZEOF);
}

/** The service whose SrProxy is at `at`. */
export const serviceAt = (sw: Switch, at: number): PlacedService | undefined => [...sw.built.services.values()].find(s => s.at === at);

/**
 * Take a service out of use, or back into it, from the next packet on; what
 * packets to it do meanwhile is its `on_failure`.
 * @param name of the service, or of an interface: then all services behind it
 * @throws WeftError when the switch has no service of that name, or behind that interface
 */
export function setService(sw: Switch, name: string, state: 'up' | 'down'): void {
  const { view } = sw.built.k, found = [...sw.built.services.values()].filter(s => s.name === name || s.out.name === name || s.in?.name === name);
  if (found.length === 0) throw new WeftError(EXIT.usage, `${sw.name} has no service "${name}", and none behind an interface of that name`);
  for (const { at } of found) {
    const flags = view.getUint8(at + SrProxy.FLAGS) & ~ProxyFlag.DOWN;
    view.setUint8(at + SrProxy.FLAGS, state === 'down' ? flags | ProxyFlag.DOWN : flags);
  }
}
