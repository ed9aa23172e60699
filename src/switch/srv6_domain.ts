// srv6_domain.ts -- the SR domain: its SID block and infrastructure (RFC 8754
// section 5.1), keys of its HMACs, and the sink of the O-flag (RFC 9259).

import { IfaceFlag } from '../../assembly/abi/port.ts';
import { HmacKey, Oam, OAM_RECORDS, OamRecord, Srv6Domain, Srv6Prefix } from '../../assembly/abi/srv6_domain.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { SRH_HMAC } from '../../assembly/wire/srh.ts';
import { Exact32 } from '../kernel/tables.ts';
import { formatIp6, maskAddress, parseIp6, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Path } from './file.ts';
import { ip6Prefix, locatorsOf } from './srv6_csid.ts';
import type { Switch } from './switch.ts';

/** OAM copies a second, and at once, where the file does not say. */
const RATE = 1000, BURST = 100;
/** Bytes of work that hashing takes (SRH_HMAC_WORK in assembly/lib), and some. */
const WORK = 4096;

/** Comes before the policies, which sign with its keys. */
export function buildDomain(b: Builder): void {
  const { k, config: { srv6: config = {} } } = b, at = k.alloc(Srv6Domain.SIZEOF, 'SR domain'), path: Path = ['srv6', 'domain'];
  k.view.setUint32(b.sw + Sw.SRV6, at, true);
  b.locators = locatorsOf(b);
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
  if (oam) k.view.setUint32(at + Srv6Domain.OAM, sink(b, oam.rate ?? RATE, oam.burst ?? BURST), true);
  placeKeys(b, at);
}

/** Where O-flag copies end; its records outlive a new file that allows as many. */
function sink({ k, generation }: Builder, rate: number, burst: number): number {
  return generation.keep(`OAM ${rate} ${burst}`, [], () => {
    const at = k.alloc(Oam.RING + OAM_RECORDS * OamRecord.SIZEOF, 'OAM records'), meter = k.alloc(k.fn['meter_sizeof']!(), 'OAM meter');
    (k.fn['meter_init'] as unknown as (meter: number, rate: bigint, burst: bigint) => void)(meter, BigInt(rate), BigInt(burst));
    k.view.setUint32(at + Oam.METER, meter, true);
    return at;
  });
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
      const key = k.alloc(HmacKey.SIZEOF, 'HMAC key'), at = b.generation.temporary(() => k.alloc(WORK + secret.length, 'HMAC key'));
      k.bytes.set(secret, at + WORK);
      k.fn['hmac_key']!(key, at + WORK, secret.length, at);
      table.put(number, key);
      b.hmacKeys.set(number, key);
    }
  }
}

/**
 * Fill the digest of the HMAC TLV in a policy's headers, all else being there.
 * @param key HmacKey
 * @param tlv offset of the TLV
 */
export function sign({ k, config, generation }: Builder, key: number, headers: Uint8Array, tlv: number): void {
  const work = generation.temporary(() => k.alloc(WORK + headers.length, 'HMAC')), at = work + WORK;
  k.bytes.set(headers, at);
  k.fn['srh_hmac']!(at + tlv + SRH_HMAC.HMAC, at + IP6.SRC, at + IP6.LEN, at + tlv, key, config.srv6?.hmac_text === 'linux' ? 1 : 0, work);
  headers.set(k.bytes.subarray(at, at + headers.length));
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
  const { view, bytes } = sw.built.k, at = view.getUint32(sw.at + Sw.SRV6, true), oam = view.getUint32(at + Srv6Domain.OAM, true);
  if (oam === 0) return { rows: [], packets: 0n, suppressed: 0n };
  const packets = view.getBigUint64(oam + Oam.PACKETS, true), kept = Number(packets < BigInt(OAM_RECORDS) ? packets : BigInt(OAM_RECORDS));
  const rows = Array.from({ length: kept }, (_, i) => {
    const r = oam + Oam.RING + Number((packets - BigInt(kept - i)) % BigInt(OAM_RECORDS)) * OamRecord.SIZEOF, address = (o: number) => formatIp6(bytes.slice(r + o, r + o + 16));
    return {
      timePs: view.getBigInt64(r + OamRecord.TIME, true), packet: view.getUint32(r + OamRecord.ID, true), source: address(OamRecord.SRC), destination: address(OamRecord.DST),
      segmentsLeft: view.getUint8(r + OamRecord.SEGMENTS_LEFT), tag: view.getUint16(r + OamRecord.TAG, true), bytes: view.getUint32(r + OamRecord.LEN, true),
    };
  });
  return { rows, packets, suppressed: view.getBigUint64(oam + Oam.SUPPRESSED, true) };
}
