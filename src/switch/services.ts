// services.ts -- services behind segments: SR-aware ones, and SR proxies in
// front of those that are not (draft-ietf-spring-sr-service-programming).
//
// A service's IFACE-IN is a VRF of its own in which every route leads into the
// proxy, and what goes to it is looked up in another one, so that both pass the
// checks of any packet. Ethernet frames need no VRF: the interface says it all.

import { IfaceKind } from '../../assembly/abi/port.ts';
import { ProxyFlag } from '../../assembly/abi/proxy.ts';
import type { Builder, Interface } from './builder.ts';
import type { ServiceConfig } from './config.ts';
import type { Path } from './file.ts';

/** A service and its SrProxy record. */
export interface PlacedService {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly path: Path;
  readonly in: Interface | undefined;
  readonly out: Interface;
  /** VRF that what goes to the service is looked up in, where the proxy takes it out of its outer headers. */
  readonly toService: number;
  /** SrProxy, and the Sid that leads to it; 0 until they are placed. */
  at: number;
  sid: number;
}

export type Behavior = ServiceConfig['behavior'];
/** Keys that a behaviour has besides out, via, mac, on_failure and down; those it must have. */
const KEYS: Readonly<Record<Behavior, { may: readonly (keyof ServiceConfig)[]; must: readonly (keyof ServiceConfig)[] }>> = {
  'End.AN': { may: ['sid'], must: ['sid'] },
  'End.AS': { may: ['sid', 'label', 'inner', 'in', 'cache'], must: ['inner', 'in', 'cache'] },
  'End.AD': { may: ['sid', 'label', 'inner', 'in', 'flows'], must: ['inner', 'in'] },
  'End.AM': { may: ['sid', 'in', 'flavors', 'segments_left'], must: ['sid', 'in'] },
};
const OPTIONAL = ['sid', 'label', 'inner', 'in', 'cache', 'flows', 'flavors', 'segments_left'] as const;

/** VRF of an IFACE-IN; both have their spaces from here, for no file can name them. */
const vrfFrom = (iface: Interface): string => `from ${iface.name}`, vrfTo = (service: string): string => `to ${service}`;

/** Claim the interfaces: what comes in by them is the proxies'. */
export function declareServices(b: Builder): void {
  for (const [name, config] of Object.entries(b.config.services ?? {})) {
    const path: Path = ['services', name];
    checkKeys(b, config, path);
    const out = b.interface(config.out, [...path, 'out']), back = config.in === undefined ? undefined : b.interface(config.in, [...path, 'in']);
    if (out && out.port < 0) b.fault([...path, 'out'], `${out.name} is on no port`);
    if (back) claim(b, name, config, back, path);
    const toService = config.inner === undefined || config.inner === 'ethernet' ? 0 : b.vrfs.size;
    if (toService) b.vrfs.set(vrfTo(name), toService);
    if (out) b.services.set(name, { name, config, path, in: back, out, toService, at: 0, sid: 0 });
  }
}

function checkKeys(b: Builder, config: ServiceConfig, path: Path): void {
  const { behavior } = config, { may, must } = KEYS[behavior];
  for (const key of OPTIONAL) if (config[key] !== undefined && !may.includes(key)) b.fault([...path, key], `has no meaning for ${behavior}`, true);
  const missing = must.find(key => config[key] === undefined);
  if (missing) b.fault(path, `${behavior} lacks "${missing}"`);
  if (!missing && (config.sid === undefined) === (config.label === undefined)) b.fault(path, 'expected one of sid and label');
  const ways = Number(config.via !== undefined) + Number(config.mac !== undefined), wants = config.inner === 'ethernet' ? 0 : 1;
  if (ways !== wants) b.fault(path, wants === 0 ? 'frames keep their addresses: neither via nor mac belongs here' : 'expected one of via and mac, where the service is');
}

/** IFACE-IN of a service. Several share one when each packet still tells whose it is. */
function claim(b: Builder, name: string, config: ServiceConfig, iface: Interface, path: Path): void {
  const at = [...path, 'in'], others = [...b.services.values()].filter(s => s.in === iface);
  if (iface.port < 0 || iface.kind === IfaceKind.BRIDGE) {
    b.fault(at, `${iface.name} is ${iface.port < 0 ? 'on no port' : 'a member of a bridge'}`);
    return;
  }
  const clash = others.find(o => !shares(o.config, config));
  if (clash) b.fault(at, `${iface.name} is where ${clash.name} comes back: only another inner type, or End.AM with the same flavors, goes with it`);
  if (others.length > 0) return;
  if (iface.domain !== 0) b.fault(at, `${iface.name} is in a VRF: what comes in by it belongs to ${name}`);
  if (config.inner === 'ethernet') {
    if (iface.addresses.length > 0) b.fault(at, `${iface.name} has an address: all its frames belong to ${name}`);
    iface.kind = IfaceKind.SERVICE;
  }
  iface.domain = b.vrfs.size;
  b.vrfs.set(vrfFrom(iface), iface.domain);
}

function shares(a: ServiceConfig, b: ServiceConfig): boolean {
  const masks = (c: ServiceConfig) => c.behavior === 'End.AM', flags = (c: ServiceConfig) => flagsOf({ ...c, down: false, on_failure: 'drop' });
  if (a.inner === 'ethernet' || b.inner === 'ethernet') return false;
  if (masks(a) && masks(b)) return flags(a) === flags(b) && !a.flavors?.includes('cache');
  return (masks(a) ? 'ip6' : a.inner) !== (masks(b) ? 'ip6' : b.inner);
}

/** ProxyFlag bits of a service as the file has it. */
export function flagsOf({ behavior, label, flavors = [], segments_left, on_failure, down }: ServiceConfig): number {
  return (down ? ProxyFlag.DOWN : 0) | (on_failure === 'bypass' ? ProxyFlag.BYPASS : 0) | (label === undefined ? 0 : ProxyFlag.MPLS)
    | (behavior === 'End.AN' ? ProxyFlag.NATIVE : 0) | (behavior === 'End.AD' ? ProxyFlag.LEARN : 0)
    | (flavors.includes('nat') ? ProxyFlag.NAT : 0) | (flavors.includes('cache') ? ProxyFlag.CACHE_SRH : 0) | (segments_left === 'after' ? ProxyFlag.STEP_LATE : 0);
}
