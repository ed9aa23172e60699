// esp_host.ts -- the part of esp_encrypt and esp_decrypt that the host does:
// packets of a switch's host queue are sealed or opened, and go on.

import { Drop } from '../../assembly/abi/drop.ts';
import { Esp, HostQueue } from '../../assembly/abi/esp.ts';
import { HEADROOM, Packet, PacketFlag } from '../../assembly/abi/packet.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { ESP } from '../../assembly/wire/ipsec.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { UDP } from '../../assembly/wire/udp.ts';
import { open, seal } from '../crypto/esp.ts';
import { frame, Vector } from '../kernel/packets.ts';
import { checksum, pseudoSum } from '../wire/checksum.ts';
import { ip4 } from '../wire/ip4.ts';
import { ip6 } from '../wire/ip6.ts';
import { udp } from '../wire/udp.ts';
import type { IpsecTunnel } from './ipsec.ts';
import type { Switch } from './switch.ts';

/** Source ports of flows: the dynamic ones, RFC 6335 section 6. */
const PORT_FIRST = 0xc000, PORT_MASK = 0x3fff;
/** Numbers of one SA, RFC 4303 section 3.3.3. */
const SEQUENCE_MAX = 2 ** 32 - 1;

/** What becomes of a packet: it goes on in front of a node, or is dropped. */
type Fate = { readonly node: string } | { readonly drop: Drop };

export class EspHost {
  readonly #vector: Vector;
  readonly #tunnels: readonly IpsecTunnel[];

  constructor(readonly sw: Switch) {
    this.#vector = new Vector(sw.built.k);
    this.#tunnels = [...sw.built.ipsec.values()];
  }

  /** Work through the queue. @returns whether there was anything */
  serve(): boolean {
    const { k } = this.sw.built, queue = k.view.getUint32(this.sw.at + Sw.HOST_QUEUE, true), n = k.view.getUint32(queue + HostQueue.COUNT, true);
    if (n === 0) return false;
    const list = k.view.getUint32(queue + HostQueue.LIST, true) >>> 2, handles = Array.from(k.u32.subarray(list, list + n));
    k.view.setUint32(queue + HostQueue.COUNT, 0, true);
    for (const d of handles) this.#serve(d);
    return true;
  }

  #serve(d: number): void {
    const { k } = this.sw.built, { graph } = this.sw, hit = k.view.getUint32(d + Packet.HIT, true), tunnel = this.#tunnels.find(t => t.at === hit);
    const fate = tunnel ? this.#seal(d, tunnel) : this.#open(d, this.#tunnels[k.view.getUint32(hit + Esp.NUMBER, true)]!);
    if ('drop' in fate) {
      k.fn['graph_refuse']!(this.sw.at, graph.index(tunnel ? 'esp_encrypt' : 'esp_decrypt'), d, fate.drop);
      return;
    }
    this.#vector.put([d]);
    k.fn['graph_resume']!(this.sw.at, graph.index(fate.node), this.#vector.at, 1);
  }

  #seal(d: number, t: IpsecTunnel): Fate {
    const { k } = this.sw.built, inner = frame(k, d), six = t.local.length === 16;
    if (t.sequence === SEQUENCE_MAX) return { drop: Drop.ESP_REPLAY };
    const esp = seal(t.out.key, t.out.spi, ++t.sequence, inner, inner[0]! >> 4 === 4 ? IP_PROTOCOL.IPIP : IP_PROTOCOL.IPV6), flow = k.view.getUint32(d + Packet.FLOW, true);
    const port = t.entropy ? PORT_FIRST | (flow & PORT_MASK) : t.port, length = UDP.LEN + esp.length, tos = inner[0]! >> 4 === 4 ? inner[IP4.TOS]! : ((inner[0]! << 4) | (inner[1]! >> 4)) & 255;
    const datagram = Buffer.concat([udp.emit({ src_port: port, dst_port: t.port, length }), esp]);
    if (six) datagram.writeUInt16BE(checksum(datagram, pseudoSum(t.local, t.remote, IP_PROTOCOL.UDP, length)) || 0xffff, UDP.CHECKSUM);
    const bytes = Buffer.concat([six ? outer6(t, tos, flow, length) : outer4(t, tos, length), datagram]);
    // RFC 4301 section 8.1 leaves the bit to the sender; ECN as in RFC 6040.
    if (!this.#put(d, bytes)) return { drop: Drop.NO_HEADROOM };
    k.view.setUint16(d + Packet.L4, six ? IP6.LEN : IP4.LEN, true);
    k.view.setUint32(d + Packet.DOMAIN, t.vrf, true);
    k.view.setUint8(d + Packet.ECN, tos & 3);
    k.view.setUint8(d + Packet.FLAGS, (k.view.getUint8(d + Packet.FLAGS) & PacketFlag.COPY) | PacketFlag.ORIGINATED);
    this.#count(t.at, bytes.length);
    return { node: six ? 'ip6_lookup' : 'ip4_lookup' };
  }

  /** @param at any tunnel of the address and port it came to */
  #open(d: number, at: IpsecTunnel): Fate {
    const { k, interfaces } = this.sw.built, packet = frame(k, d).subarray(k.view.getUint16(d + Packet.L4, true) + UDP.LEN), view = new DataView(packet.buffer, packet.byteOffset);
    const spi = view.getUint32(ESP.SPI), sequence = view.getUint32(ESP.SEQUENCE), t = this.#tunnels.find(x => x.in.spi === spi && x.port === at.port && Buffer.compare(x.local, at.local) === 0);
    if (!t) return { drop: Drop.ESP_UNKNOWN_SA };
    k.view.setUint32(d + Packet.HIT, t.back, true);
    if (!t.in.window.fits(sequence)) return { drop: Drop.ESP_REPLAY };
    const opened = open(t.in.key, packet);
    if ('fault' in opened) return { drop: opened.fault === 'malformed' ? Drop.ESP_MALFORMED : Drop.ESP_AUTHENTICATION };
    t.in.window.take(sequence);
    const node = ({ [IP_PROTOCOL.IPIP]: 'ip4_input', [IP_PROTOCOL.IPV6]: 'ip6_input' } as Record<number, string>)[opened.next];
    // A dummy packet, RFC 4303 section 2.6; or what is no tunnel's.
    if (!node) return { drop: Drop.ESP_MALFORMED };
    this.#put(d, opened.payload);
    k.view.setUint16(d + Packet.IFACE, interfaces.indexOf(t.iface) + 1, true);
    k.view.setUint32(d + Packet.DOMAIN, t.iface.domain, true);
    k.view.setUint8(d + Packet.FLAGS, k.view.getUint8(d + Packet.FLAGS) & PacketFlag.COPY);
    this.#count(k.view.getUint32(d + Packet.HIT, true), opened.payload.length);
    return { node };
  }

  /** The packet is these bytes now. @returns false when its buffer is too small */
  #put(d: number, bytes: Uint8Array): boolean {
    const { k } = this.sw.built, from = k.view.getUint32(d + Packet.BUF, true) + HEADROOM;
    if (from + bytes.length > k.view.getUint32(d + Packet.END, true)) return false;
    k.bytes.set(bytes, from);
    k.view.setUint32(d + Packet.DATA, from, true);
    k.view.setUint32(d + Packet.LEN, bytes.length, true);
    k.view.setUint32(d + Packet.ORIG, bytes.length, true);
    k.view.setUint16(d + Packet.L3, 0, true);
    k.view.setUint32(d + Packet.FLOW, 0, true);
    return true;
  }

  #count(at: number, bytes: number): void {
    const { view } = this.sw.built.k;
    view.setBigUint64(at + Esp.PACKETS, view.getBigUint64(at + Esp.PACKETS, true) + 1n, true);
    view.setBigUint64(at + Esp.BYTES, view.getBigUint64(at + Esp.BYTES, true) + BigInt(bytes), true);
  }
}

function outer4(t: IpsecTunnel, tos: number, length: number): Uint8Array {
  const header = Buffer.from(ip4.emit({ version: 4, ihl: IP4.LEN / 4, dscp: tos >> 2, ecn: tos & 3, total_length: IP4.LEN + length, flags: 2, ttl: t.ttl, protocol: IP_PROTOCOL.UDP, src: t.local, dst: t.remote }));
  header.writeUInt16BE(checksum(header), IP4.CHECKSUM);
  return header;
}

/** The flow label spreads it too, RFC 6438. */
function outer6(t: IpsecTunnel, tos: number, flow: number, length: number): Uint8Array {
  const header = Buffer.from(ip6.emit({ version: 6, payload_length: length, next_header: IP_PROTOCOL.UDP, hop_limit: t.ttl, src: t.local, dst: t.remote }));
  header.writeUInt32BE(((6 << 28) | (tos << 20) | (t.entropy ? flow & 0xfffff : 0)) >>> 0, 0);
  return header;
}
