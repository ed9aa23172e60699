// qos.ts -- priorities, ECN marking and flow control of ports, and the tables
// that checksums want.

import { Port } from '../../assembly/abi/port.ts';
import { Ecn, MacControl, Qos, QOS_KEEP, QosFlag, QosTrust } from '../../assembly/abi/qos.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import type { Builder } from './builder.ts';
import type { EcnConfig, PortConfig, QosConfig } from './config.ts';
import type { Path } from './file.ts';
import { parseRate, parseSize } from './quantity.ts';

const DSCPS = 64, PRIOS = 8;
/** The class selector in a DSCP: its high three bits (RFC 2474 section 4.2.2). */
const SELECTOR_SHIFT = 3;

/** Whether frames that leave by some port may be remarked or marked. */
export const marksOnEgress = (b: Pick<Builder, 'config'>): boolean => Object.values(b.config.ports).some(p => p?.ecn || p?.qos?.remark);

export function buildQos(b: Builder): void {
  const { k } = b, ports = k.view.getUint32(b.sw + Switch.PORTS, true);
  const crc = k.alloc(k.fn['crc32_sizeof']!(), 'CRC tables');
  k.fn['crc32_init']!(crc);
  k.view.setUint32(b.sw + Switch.CRC32, crc, true);
  b.portNames.forEach((name, n) => {
    const config: PortConfig = b.config.ports[name] ?? {}, at = ports + n * Port.SIZEOF, path: Path = ['ports', name];
    k.view.setUint32(at + Port.MAC_CONTROL, k.alloc(MacControl.SIZEOF, 'flow control counters'), true);
    if (config.qos) k.view.setUint32(at + Port.QOS, placeQos(b, config.qos, [...path, 'qos']), true);
    const ecn = config.ecn && placeEcn(b, config.ecn, name, n, [...path, 'ecn']);
    if (ecn !== undefined) k.view.setUint32(at + Port.ECN, ecn, true);
  });
}

function placeQos(b: Builder, { trust, dscp_map = {}, pcp_map = {}, remark = {} }: QosConfig, path: Path): number {
  const { k } = b, at = k.alloc(Qos.SIZEOF, 'qos');
  k.view.setUint8(at + Qos.TRUST, trust === 'dscp' ? QosTrust.DSCP : QosTrust.PCP);
  k.view.setUint8(at + Qos.FLAGS, (remark.dscp ? QosFlag.REMARK_DSCP : 0) | (remark.pcp ? QosFlag.REMARK_PCP : 0));
  k.view.setUint32(at + Qos.LINE, b.line(path), true);
  if (dscp_map && Object.keys(dscp_map).length > 0 && trust !== 'dscp') b.fault([...path, 'dscp_map'], 'goes with trust: dscp', true);
  const fill = (offset: number, size: number, map: Readonly<Record<string, number>>, otherwise: (i: number) => number, key: string) => {
    for (let i = 0; i < size; i++) k.view.setUint8(at + offset + i, map[i] ?? otherwise(i));
    for (const i of Object.keys(map)) if (Number(i) >= size) b.fault([...path, ...key.split('.'), i], `expected 0 to ${size - 1}`, true);
  };
  fill(Qos.PRIO_BY_DSCP, DSCPS, dscp_map, i => i >> SELECTOR_SHIFT, 'dscp_map');
  fill(Qos.PRIO_BY_PCP, PRIOS, pcp_map, i => i, 'pcp_map');
  fill(Qos.DSCP_BY_PRIO, PRIOS, remark.dscp ?? {}, () => QOS_KEEP, 'remark.dscp');
  fill(Qos.PCP_BY_PRIO, PRIOS, remark.pcp ?? {}, () => QOS_KEEP, 'remark.pcp');
  return at;
}

/** Picoseconds in a second, times the bits of a byte. */
const BYTE_SECOND = 8n * 10n ** 12n;

function placeEcn(b: Builder, config: EcnConfig, port: string, n: number, path: Path): number | undefined {
  const { k } = b, rate = config.rate === undefined ? b.speeds.get(port) : b.try([...path, 'rate'], () => parseRate(config.rate!));
  const kmin = b.try([...path, 'kmin'], () => parseSize(config.kmin)), kmax = b.try([...path, 'kmax'], () => parseSize(config.kmax));
  if (config.rate === undefined && rate === undefined) b.fault(path, 'needs `rate`, or `speed` of the port: what the queue drains at');
  if (rate === 0n) b.fault([...path, 'rate'], 'a queue that never drains marks everything: expected a rate above 0');
  if (kmin !== undefined && kmax !== undefined && kmin > kmax) b.fault([...path, 'kmax'], 'is below kmin');
  if (!rate || kmin === undefined || kmax === undefined) return undefined;
  const at = k.alloc(Ecn.SIZEOF, 'virtual queue');
  k.view.setBigUint64(at + Ecn.RATE, rate, true);
  k.view.setBigUint64(at + Ecn.KMIN, kmin * BYTE_SECOND / rate, true);
  k.view.setBigUint64(at + Ecn.KMAX, kmax * BYTE_SECOND / rate, true);
  k.view.setUint32(at + Ecn.PMAX, Math.min(0xffffffff, Math.round((config.pmax ?? 1) * 2 ** 32)), true);
  k.view.setUint32(at + Ecn.LINE, b.line(path), true);
  // A port's marks depend on its number and the switch's seed, and on nothing else.
  k.view.setBigUint64(at + Ecn.RNG, BigInt(b.config.seed ?? b.number) << 32n | BigInt(n), true);
  return at;
}
