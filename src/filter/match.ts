// match.ts -- the named tests: protocols, addresses, ports. Each tests only
// what libpcap's does, in its order: a load beyond the capture rejects the
// frame, so the order shows in cut frames.

import { ARP } from '../../assembly/wire/arp.ts';
import { BPF_JMP } from '../../assembly/wire/bpf.ts';
import { ETH, ETHERTYPE, MAC_GROUP } from '../../assembly/wire/ethernet.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { IP4, IP4_FRAGMENT } from '../../assembly/wire/ip4.ts';
import { IP6, IP6_FRAGMENT } from '../../assembly/wire/ip6.ts';
import { UDP } from '../../assembly/wire/udp.ts';
import type { Direction, Operand, Qualifier } from './ast.ts';
import { all, any, type Condition, equal, type Instruction, ip4HeaderLength, leaf, loadA, not } from './condition.ts';
import type { Layers } from './layers.ts';
import { ETHERTYPES, PORT_PROTOCOLS, PROTOCOL_NUMBERS, PROTOCOLS, RARP, SERVICES } from './names.ts';

/** Stops the compilation with a reason. */
export type Refuse = (reason: string, at?: number) => never;

export class Matcher {
  readonly #layers: Layers;
  readonly #refuse: Refuse;

  constructor(layers: Layers, refuse: Refuse) {
    this.#layers = layers;
    this.#refuse = refuse;
  }

  /** A protocol word alone. */
  proto(word: string): Condition {
    const type = ETHERTYPES.get(word);
    if (type !== undefined) return this.#ethertype(type);
    const protocol = PROTOCOLS.get(word);
    if (!protocol) return this.#refuse(`'${word}' is in every frame; write what to look for, such as '${word} host' or '${word} proto'`);
    return any(...protocol.ip ? [this.#ipProto(protocol.number)] : [], ...protocol.ip6 ? [this.#ip6Proto(protocol.number)] : []);
  }

  /** First fragment of an IPv4 packet of this protocol, `inside` between the two checks of its header. */
  ip4Transport(number: number, inside: readonly Condition[]): Condition[] {
    return [this.#ethertype(ETHERTYPE.IPV4), ...inside, this.#ipNumber(number), this.#firstFragment()];
  }

  /** ICMPv6 right behind the IPv6 header. */
  icmp6(): Condition[] {
    return [this.#ethertype(ETHERTYPE.IPV6), this.#ip6Number(PROTOCOLS.get('icmp6')!.number)];
  }

  broadcast(proto: string | undefined): Condition {
    if (proto === undefined || proto === 'ether') return this.#ether('dst', [255, 255, 255, 255, 255, 255]);
    if (proto !== 'ip') return this.#refuse(`'${proto} broadcast' has no meaning: write 'broadcast' or 'ip broadcast'`);
    // No netmask comes with a capture: the limited broadcast address and its all-zeros ancestor.
    const at = this.#layers.net + IP4.DST;
    return all(this.#ethertype(ETHERTYPE.IPV4), any(equal(4, at, 0), equal(4, at, 0xffffffff)));
  }

  multicast(proto: string | undefined): Condition {
    const { net } = this.#layers;
    switch (proto) {
      case undefined: case 'ether': return leaf([loadA(1, ETH.DST)], BPF_JMP.JSET, MAC_GROUP);
      case 'ip': return all(this.#ethertype(ETHERTYPE.IPV4), leaf([loadA(1, net + IP4.DST)], BPF_JMP.JGE, 224));
      case 'ip6': return all(this.#ethertype(ETHERTYPE.IPV6), equal(1, net + IP6.DST, 0xff));
      default: return this.#refuse(`'${proto} multicast' has no meaning: write 'multicast', 'ip multicast' or 'ip6 multicast'`);
    }
  }

  match(qualifier: Qualifier, operand: Operand): Condition {
    switch (qualifier.kind) {
      case 'port': case 'portrange': return this.#ports(qualifier, operand);
      case 'proto': return this.#number(qualifier, operand);
      default: return this.#address(qualifier, operand);
    }
  }

  // -- addresses

  #address({ proto, direction, kind }: Qualifier, operand: Operand): Condition {
    if (proto !== undefined && PROTOCOLS.has(proto)) return this.#refuse(`'${proto}' does not go with an address: write '${proto} and host ...'`);
    if (operand.is === 'name')
      return this.#refuse(`'${operand.text}' is a name and names are not resolved: write the address, such as 192.0.2.1 or 2001:db8::1`);
    if (operand.is === 'mac' || proto === 'ether') {
      if (operand.is !== 'mac') return this.#refuse("'ether' wants a MAC address, such as 02:00:00:00:00:01");
      if (proto !== 'ether' || kind === 'net') return this.#refuse("a MAC address goes with 'ether host', 'ether src' or 'ether dst'");
      return this.#ether(direction, operand.bytes);
    }
    if (operand.is === 'ip6') return this.#ip6(operand, proto, direction, kind);
    if (proto === 'ip6') return this.#refuse("'ip6' wants an IPv6 address, such as 2001:db8::1");
    const { address, mask } = operand.is === 'number' ? promote(operand.value, kind) : this.#ip4Operand(operand, kind);
    return this.#ip4(address, mask, proto, direction);
  }

  #ip4Operand({ address, bits, mask }: Operand & { is: 'ip4' }, kind: Qualifier['kind']): { address: number; mask: number } {
    if (mask === undefined) return { address, mask: (0xffffffff << (32 - bits)) >>> 0 };
    if (kind !== 'net') return this.#refuse("a mask goes with 'net': write 'net', 'src net' or 'dst net'");
    if ((address & ~mask) !== 0) return this.#refuse('the address has bits outside its mask');
    return { address, mask };
  }

  #ip4(address: number, mask: number, proto: string | undefined, direction: Direction | undefined): Condition {
    const { net } = this.#layers;
    const of = (type: number, src: number, dst: number) =>
      all(this.#ethertype(type), either(direction, equal(4, net + src, address, mask), equal(4, net + dst, address, mask)));
    const ip = () => of(ETHERTYPE.IPV4, IP4.SRC, IP4.DST), arp = (type: number) => of(type, ARP.SPA, ARP.TPA);
    if (proto === undefined) return this.#layers.inMpls ? ip() : any(ip(), arp(ETHERTYPE.ARP), arp(RARP));
    return proto === 'ip' ? ip() : arp(proto === 'arp' ? ETHERTYPE.ARP : RARP);
  }

  #ip6({ words, prefix = 128 }: Operand & { is: 'ip6' }, proto: string | undefined, direction: Direction | undefined, kind: Qualifier['kind']): Condition {
    if (proto !== undefined && proto !== 'ip6') return this.#refuse(`'${proto}' does not go with an IPv6 address`);
    if (prefix !== 128 && kind !== 'net') return this.#refuse("a prefix length goes with 'net': write 'net', 'src net' or 'dst net'");
    const masks = [0, 32, 64, 96].map(before => before >= prefix ? 0 : (0xffffffff << Math.max(0, 32 - (prefix - before))) >>> 0);
    if (words.some((word, i) => (word & ~masks[i]!) !== 0)) return this.#refuse('the address has bits outside its prefix');
    const at = (offset: number) => all(...words.map((word, i) => equal(4, this.#layers.net + offset + 4 * i, word, masks[i])));
    return all(this.#ethertype(ETHERTYPE.IPV6), either(direction, at(IP6.SRC), at(IP6.DST)));
  }

  #ether(direction: Direction | undefined, bytes: readonly number[]): Condition {
    const [high, low] = [bytes.slice(0, 2), bytes.slice(2)].map(part => part.reduce((sum, byte) => sum * 256 + byte, 0)) as [number, number];
    const at = (offset: number) => all(equal(4, offset + 2, low), equal(2, offset, high));
    return either(direction, at(ETH.SRC), at(ETH.DST));
  }

  // -- ports

  #ports({ proto, direction, kind }: Qualifier, operand: Operand): Condition {
    if (proto !== undefined && !PORT_PROTOCOLS.includes(proto)) return this.#refuse(`'${proto}' has no ports: write tcp, udp or sctp`);
    const { low, high, transport } = kind === 'port' ? this.#port(operand) : this.#range(operand);
    if (proto && transport && proto !== transport) return this.#refuse(`this service is on ${transport}, not on ${proto}`);
    const numbers = (proto ?? transport ? [proto ?? transport!] : PORT_PROTOCOLS).map(word => PROTOCOLS.get(word)!.number);
    // TCP, UDP and SCTP have their ports in the same place.
    const ports = (load: (offset: number) => Instruction[]) => {
      const [src, dst] = [UDP.SRC_PORT, UDP.DST_PORT].map(offset => low === high ? leaf(load(offset), BPF_JMP.JEQ, low)
        : all(leaf(load(offset), BPF_JMP.JGE, low), not(leaf(load(offset), BPF_JMP.JGT, high)))) as [Condition, Condition];
      return either(direction, src, dst);
    };
    const { net } = this.#layers;
    return any(
      all(this.#ethertype(ETHERTYPE.IPV6), any(...numbers.map(n => this.#ip6Number(n))), ports(offset => [loadA(2, net + IP6.LEN + offset)])),
      all(this.#ethertype(ETHERTYPE.IPV4), any(...numbers.map(n => this.#ipNumber(n))), this.#firstFragment(),
        ports(offset => [ip4HeaderLength(net), loadA(2, net + offset, true)])));
  }

  #port(operand: Operand): { low: number; high: number; transport?: string | undefined } {
    if (operand.is === 'number' && operand.value <= 0xffff) return { low: operand.value, high: operand.value };
    if (operand.is === 'number') return this.#refuse(`port ${operand.value} is above 65535`);
    if (operand.is !== 'name') return this.#refuse('expected a port, got an address');
    const service = SERVICES.get(operand.text);
    if (!service) return this.#refuse(`'${operand.text}' is no port that weft knows by name: write its number`);
    return { low: service.port, high: service.port, transport: service.transport };
  }

  #range(operand: Operand): { low: number; high: number; transport?: undefined } {
    const ends = operand.is === 'number' ? [operand.value, operand.value] : operand.is === 'name' ? /^(\d+)-(\d+)$/.exec(operand.text)?.slice(1).map(Number) : undefined;
    if (!ends) return this.#refuse('expected two port numbers, such as 6000-6008');
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    return high <= 0xffff ? { low, high } : this.#refuse(`port ${high} is above 65535`);
  }

  // -- protocol numbers

  #number({ proto }: Qualifier, operand: Operand): Condition {
    if (operand.is !== 'number' && operand.is !== 'name') return this.#refuse('expected a protocol number, got an address');
    const of = (names: ReadonlyMap<string, number>, largest: number): number => {
      const number = operand.is === 'number' ? operand.value : names.get(operand.text) ?? this.#refuse(`'${operand.text}' is no protocol that weft knows by name: write its number`);
      return number <= largest ? number : this.#refuse(`protocol ${number} is above ${largest}`);
    };
    switch (proto) {
      case 'ether': return this.#ethertype(of(ETHERTYPES, 0xffff));
      case 'ip': return this.#ipProto(of(PROTOCOL_NUMBERS, 255));
      case 'ip6': return this.#ip6Proto(of(PROTOCOL_NUMBERS, 255));
      case undefined: {
        const number = of(PROTOCOL_NUMBERS, 255);
        return any(this.#ipProto(number), this.#ip6Proto(number));
      }
      default: return this.#refuse(`'${proto} proto' has no meaning: write 'ether proto', 'ip proto', 'ip6 proto' or 'proto'`);
    }
  }

  #ethertype(type: number): Condition {
    const reason = this.#layers.refuses(type);
    return reason === undefined ? this.#layers.ethertype(type) : this.#refuse(reason);
  }

  #ipNumber(number: number): Condition {
    return equal(1, this.#layers.net + IP4.PROTOCOL, number);
  }

  #ip6Number(number: number): Condition {
    return equal(1, this.#layers.net + IP6.NEXT_HEADER, number);
  }

  /** The fragment offset is 0: the transport header is here. */
  #firstFragment(): Condition {
    return not(leaf([loadA(2, this.#layers.net + IP4.FLAGS_OFFSET)], BPF_JMP.JSET, IP4_FRAGMENT.OFFSET));
  }

  #ipProto(number: number): Condition {
    return all(this.#ethertype(ETHERTYPE.IPV4), this.#ipNumber(number));
  }

  /** As next header, or behind one Fragment header; other extension headers are not walked. */
  #ip6Proto(number: number): Condition {
    const inFragment = all(this.#ip6Number(IP_PROTOCOL.FRAGMENT), equal(1, this.#layers.net + IP6.LEN + IP6_FRAGMENT.NEXT_HEADER, number));
    return all(this.#ethertype(ETHERTYPE.IPV6), any(this.#ip6Number(number), inFragment));
  }
}

/** Source, destination or both; without a direction, either. */
function either(direction: Direction | undefined, src: Condition, dst: Condition): Condition {
  switch (direction) {
    case 'src': return src;
    case 'dst': return dst;
    case 'src and dst': return all(src, dst);
    default: return any(src, dst);
  }
}

/** A bare number: `net 10` is 10.0.0.0/8, `host 167772161` is 10.0.0.1. */
function promote(value: number, kind: Qualifier['kind']): { address: number; mask: number } {
  let mask = 0xffffffff;
  if (kind === 'net')
    for (; value !== 0 && value < 2 ** 24; value *= 256) mask = (mask << 8) >>> 0;
  return { address: value, mask };
}
