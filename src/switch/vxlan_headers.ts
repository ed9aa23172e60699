// vxlan_headers.ts -- what vxlan_encap puts in front of a packet, made once for
// each remote VTEP (Vxlan in assembly/abi).

import { Vxlan, VxlanFlag } from '../../assembly/abi/vxlan.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { UDP } from '../../assembly/wire/udp.ts';
import { VXLAN, VXLAN_FLAG } from '../../assembly/wire/vxlan.ts';
import { ETH } from '../../assembly/wire/ethernet.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { onesSum, pseudoSum } from '../wire/checksum.ts';
import { ip4 } from '../wire/ip4.ts';
import { ip6 } from '../wire/ip6.ts';
import { udp } from '../wire/udp.ts';
import { vxlan } from '../wire/vxlan.ts';

/** Outer TTL where the file says nothing: what hosts use. */
const TTL = 64;
/** ip4.flags: don't fragment. */
const DF = 2;

export interface TunnelInit {
  readonly local: Uint8Array;
  /** Of the family of `local`. */
  readonly remote: Uint8Array;
  readonly vni: number;
  /** UDP destination port. */
  readonly port: number;
  readonly ttl?: number | undefined;
  /** Underlay VRF. */
  readonly vrf: number;
  /** VxlanFlag bits besides IP6. */
  readonly flags: number;
  /** MACs of an L3 VNI's inner frames. */
  readonly macs?: { dst: Uint8Array; src: Uint8Array };
  /** Builder.line. */
  readonly line: number;
}

/** Bytes that VXLAN adds to a layer-3 packet inside, its Ethernet header included. */
export const overhead = (six: boolean): number => (six ? IP6.LEN : IP4.LEN) + UDP.LEN + VXLAN.LEN + ETH.LEN;

/** Place a Vxlan. @returns its address */
export function placeTunnel(k: Kernels, t: TunnelInit): number {
  const six = t.local.length === 16, at = k.alloc(Vxlan.SIZEOF, 'VXLAN tunnel'), { local: src, remote: dst, ttl = TTL } = t;
  const ip = six
    ? ip6.emit({ version: 6, next_header: IP_PROTOCOL.UDP, hop_limit: ttl, src, dst })
    : ip4.emit({ version: 4, ihl: 5, flags: DF, ttl, protocol: IP_PROTOCOL.UDP, src, dst });
  const inner = t.macs ? [...t.macs.dst, ...t.macs.src, 0, 0] : [];
  const headers = [...ip, ...udp.emit({ dst_port: t.port }), ...vxlan.emit({ flags: VXLAN_FLAG.I, vni: t.vni }), ...inner];
  k.view.setUint8(at + Vxlan.FLAGS, t.flags | (six ? VxlanFlag.IP6 : 0));
  k.view.setUint8(at + Vxlan.LEN, headers.length);
  // Big-endian here is "as loaded" there: the sum is of network-order words.
  k.view.setUint16(at + Vxlan.SUM, six ? onesSum(new Uint8Array(), pseudoSum(src, dst, IP_PROTOCOL.UDP, 0)) : onesSum(ip));
  k.view.setUint32(at + Vxlan.DOMAIN, t.vrf, true);
  k.view.setUint32(at + Vxlan.LINE, t.line, true);
  k.bytes.set(headers, at + Vxlan.HEADERS);
  return at;
}
