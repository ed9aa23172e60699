// srv6_domain.ts -- the SR domain: its SID block and infrastructure (RFC 8754
// section 5.1), keys of its HMACs, and the sink of the O-flag (RFC 9259).

import { IfaceFlag } from '../../assembly/abi/port.ts';
import { HmacKey, OAM_RECORDS, OamRecord, Srv6Domain, Srv6Prefix } from '../../assembly/abi/srv6_domain.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { SRH_HMAC } from '../../assembly/wire/srh.ts';
import { Exact32 } from '../kernel/tables.ts';
import { formatIp6, maskAddress, parseIp6, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Path } from './file.ts';
import { ip6Prefix } from './srv6_csid.ts';
import type { Switch } from './switch.ts';

/** OAM copies a second, and at once, where the file does not say. */
const RATE = 1000, BURST = 100;
/** Bytes of work that hashing takes (SRH_HMAC_WORK in assembly/lib), and some. */
const WORK = 4096;

/** Comes before the policies, which sign with its keys. */
export function buildDomain(b: Builder): void {
  const { k, config: { srv6: config = {} } } = b, at = k.alloc(Srv6Domain.SIZEOF, 'SR domain'), path: Path = ['srv6', 'domain'];
  k.view.setUint32(b.sw + Sw.SRV6, at, true);
  const { domain, oam } = config, blocks = prefixes(b, domain?.block, [...path, 'block']), sources = prefixes(b, domain?.infrastructure, [...path, 'infrastructure']);
  placePrefixes(b, blocks, at + Srv6Domain.BLOCKS);
  placePrefixes(b, sources, at + Srv6Domain.SOURCES);
  const edge = b.interfaces.find(i => i.flags & IfaceFlag.SRV6_EDGE);
  if (edge && blocks.length === 0) b.fault([...edge.path, 'srv6_domain'], 'needs srv6.domain.block, the prefixes of the SIDs it keeps others from');
  if (domain?.answer && sources.length === 0) b.fault([...path, 'answer'], 'needs `infrastructure` beside it', true);
  const source = config.source === undefined ? undefined : b.try(['srv6', 'source'], () => parseIp6(config.source!));
  if (source && sources.length > 0 && !sources.some(p => sameBytes(maskAddress(source, p.length), p.address)))
    b.fault(['srv6', 'source'], 'is outside the infrastructure of the domain: SIDs there would drop what the policies send');
  k.view.setUint8(at + Srv6Domain.ANSWER, domain?.answer ? 1 : 0);
  if (oam) {
    const meter = k.alloc(k.fn['meter_sizeof']!(), 'OAM meter');
    (k.fn['meter_init'] as unknown as (meter: number, rate: bigint, burst: bigint) => void)(meter, BigInt(oam.rate ?? RATE), BigInt(oam.burst ?? BURST));
    k.view.setUint32(at + Srv6Domain.OAM_METER, meter, true);
    k.view.setUint32(at + Srv6Domain.OAM_RING, k.alloc(OAM_RECORDS * OamRecord.SIZEOF, 'OAM records'), true);
  }
  placeKeys(b, at);
}

function prefixes(b: Builder, texts: readonly string[] | undefined, path: Path): Prefix[] {
  return (texts ?? []).flatMap((text, i) => b.try([...path, i], () => ip6Prefix(text)) ?? []);
}

function placePrefixes({ k }: Builder, list: readonly Prefix[], field: number): void {
  const at = k.alloc(list.length * Srv6Prefix.SIZEOF, 'SR domain');
  k.view.setUint32(field, at, true);
  k.view.setUint32(field + 4, list.length, true);
  list.forEach(({ address, length }, i) => {
    k.bytes.set(maskAddress(new Uint8Array(16).fill(255), length), at + i * Srv6Prefix.SIZEOF + Srv6Prefix.MASK);
    k.bytes.set(address, at + i * Srv6Prefix.SIZEOF + Srv6Prefix.VALUE);
  });
}

function placeKeys(b: Builder, domain: number): void {
  const { k } = b, keys = Object.entries(b.config.srv6?.hmac_keys ?? {}), table = new Exact32(k, Math.max(1, keys.length), 'HMAC keys');
  k.view.setUint32(domain + Srv6Domain.HMAC_KEYS, table.at, true);
  k.view.setUint8(domain + Srv6Domain.HMAC_LINUX, b.config.srv6?.hmac_text === 'linux' ? 1 : 0);
  for (const [id, text] of keys) {
    const number = Number(id), path: Path = ['srv6', 'hmac_keys', id], secret = Buffer.from(text.replace(/^0x/, ''), 'hex');
    if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) b.fault(path, `key ID "${id}" is not in 0 to 0xffffffff`, true);
    else if (b.hmacKeys.has(number)) b.fault(path, `key ID ${id} is listed twice`, true);
    else {
      const key = k.alloc(HmacKey.SIZEOF, 'HMAC key'), at = k.alloc(secret.length, 'HMAC key');
      k.bytes.set(secret, at);
      k.fn['hmac_key']!(key, at, secret.length, k.alloc(WORK, 'HMAC key'));
      k.bytes.fill(0, at, at + secret.length);
      table.put(number, key);
      b.hmacKeys.set(number, key);
    }
  }
}

/**
 * Fill the digest of an HMAC TLV in the headers of a policy.
 * @param ip  address of the IPv6 header
 * @param srh address of the SRH; its fields, list and TLV are written but for the digest
 */
export function sign({ k, config }: Builder, key: number, ip: number, srh: number, tlv: number): void {
  k.fn['srh_hmac']!(tlv + SRH_HMAC.HMAC, ip + IP6.SRC, srh, tlv, key, config.srv6?.hmac_text === 'linux' ? 1 : 0, k.alloc(WORK, 'HMAC'));
}

/** A packet that came to a SID of ours with the O-flag. */
export interface OamRow {
  /** When it came, picoseconds since the run's origin. */
  readonly timePs: bigint;
  /** Its number. */
  readonly packet: number;
  readonly source: string;
  /** As it came. */
  readonly destination: string;
  readonly segmentsLeft: number;
  readonly tag: number;
  /** From the IPv6 header on. */
  readonly bytes: number;
}

/** The last packets that the O-flag brought, oldest first; how many there were, and how many were not taken. */
export function showOam(sw: Switch): { rows: OamRow[]; packets: bigint; suppressed: bigint } {
  const { view, bytes } = sw.built.k, at = view.getUint32(sw.at + Sw.SRV6, true), ring = view.getUint32(at + Srv6Domain.OAM_RING, true);
  const packets = view.getBigUint64(at + Srv6Domain.OAM_PACKETS, true), kept = Number(packets < BigInt(OAM_RECORDS) ? packets : BigInt(OAM_RECORDS));
  const rows = Array.from({ length: kept }, (_, i) => {
    const r = ring + Number((packets - BigInt(kept - i)) % BigInt(OAM_RECORDS)) * OamRecord.SIZEOF, address = (o: number) => formatIp6(bytes.slice(r + o, r + o + 16));
    return {
      timePs: view.getBigInt64(r + OamRecord.TIME, true), packet: view.getUint32(r + OamRecord.ID, true), source: address(OamRecord.SRC), destination: address(OamRecord.DST),
      segmentsLeft: view.getUint8(r + OamRecord.SEGMENTS_LEFT), tag: view.getUint16(r + OamRecord.TAG, true), bytes: view.getUint32(r + OamRecord.LEN, true),
    };
  });
  return { rows, packets, suppressed: view.getBigUint64(at + Srv6Domain.OAM_SUPPRESSED, true) };
}
