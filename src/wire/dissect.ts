// dissect.ts -- what a frame holds, layer by layer, under Wireshark's names.

import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { UDP_PORT } from '../../assembly/wire/udp.ts';
import { bier, bierMpls } from './dissect/bier.ts';
import { icmp, icmpv6 } from './dissect/icmp.ts';
import { ip } from './dissect/ip4.ts';
import { ah, dstopts, fraghdr, hopopts, ipv6, routing } from './dissect/ip6.ts';
import { Cut, type Layer, LayerReader, Link, type Next, type Protocol, type Surroundings } from './dissect/layer.ts';
import { arp, data, eth, ieee8021ad, macc, vlan } from './dissect/link.ts';
import { infiniband } from './dissect/roce.ts';
import { esp, sctp, tcp, udp, udpencap } from './dissect/transport.ts';
import { geneve, gre, mpls, pwach, pwethcw, vxlan } from './dissect/tunnel.ts';

export { type Layer, type LayerField, Link } from './dissect/layer.ts';

/** Who reads what; anything not here is `data`. */
const TABLES: Record<Next['table'], Record<number, Protocol>> = {
  link: {
    [Link.ETHERNET]: eth, [Link.IPV4]: ip, [Link.IPV6]: ipv6, [Link.DATA]: data,
    [Link.PW]: pwethcw, [Link.ACH]: pwach, [Link.ESP]: esp, [Link.MPLS]: mpls, [Link.BIER]: bier, [Link.BIER_MPLS]: bierMpls,
  },
  ethertype: {
    [ETHERTYPE.IPV4]: ip, [ETHERTYPE.IPV6]: ipv6, [ETHERTYPE.ARP]: arp,
    [ETHERTYPE.VLAN]: vlan, [ETHERTYPE.S_VLAN]: ieee8021ad, [ETHERTYPE.QINQ_OLD]: vlan,
    [ETHERTYPE.MPLS]: mpls, [ETHERTYPE.MPLS_UPSTREAM]: mpls,
    [ETHERTYPE.FLOW_CONTROL]: macc, [ETHERTYPE.BIER]: bier,
  },
  protocol: {
    [IP_PROTOCOL.HOP_BY_HOP]: hopopts, [IP_PROTOCOL.DEST_OPTS]: dstopts, [IP_PROTOCOL.ROUTING]: routing,
    [IP_PROTOCOL.FRAGMENT]: fraghdr, [IP_PROTOCOL.AH]: ah, [IP_PROTOCOL.ESP]: esp,
    [IP_PROTOCOL.ICMP]: icmp, [IP_PROTOCOL.ICMPV6]: icmpv6,
    [IP_PROTOCOL.TCP]: tcp, [IP_PROTOCOL.UDP]: udp, [IP_PROTOCOL.SCTP]: sctp,
    [IP_PROTOCOL.IPIP]: ip, [IP_PROTOCOL.IPV6]: ipv6, [IP_PROTOCOL.ETHERNET]: eth,
    [IP_PROTOCOL.GRE]: gre, [IP_PROTOCOL.MPLS]: mpls,
  },
  udp: {
    [UDP_PORT.VXLAN]: vxlan, [UDP_PORT.VXLAN_LINUX]: vxlan, [UDP_PORT.GENEVE]: geneve,
    [UDP_PORT.ROCE_V2]: infiniband, [UDP_PORT.MPLS]: mpls, [UDP_PORT.ESP]: udpencap,
  },
};

/**
 * Read a frame. Any bytes at all give a result: what cannot be read ends the
 * list with a note on its last layer.
 * @param frame   captured bytes, FCS excluded; not kept
 * @param origLen bytes the frame had on the wire
 * @param link    what the frame begins with
 * @returns outermost layer first; never empty
 */
export function dissect(frame: Uint8Array, origLen = frame.length, link: Link.ETHERNET | Link.IPV4 | Link.IPV6 | Link.BIER = Link.ETHERNET): Layer[] {
  const layers: Layer[] = [];
  const around: Surroundings = { fragment: false, quoted: false };
  let next: Next | undefined = { table: 'link', keys: [link], start: 0, end: Math.max(origLen, frame.length) };
  while (next) {
    const { table, keys, start, end }: Next = next;
    const protocol: Protocol = keys.map(key => TABLES[table][key]).find(p => p !== undefined) ?? data;
    if (protocol === data && start >= Math.min(end, frame.length)) break; // nothing to show
    const h = new LayerReader(protocol.name, frame, start, end, around);
    try {
      next = protocol.read(h);
      layers.push(layer(h));
    } catch (cut) {
      if (!(cut instanceof Cut)) throw cut;
      layers.push({ ...layer(h), note: around.quoted ? 'short' : cut.note });
      break;
    }
  }
  return layers;
}

function layer(h: LayerReader): Layer {
  return { name: h.name, start: h.start, length: Math.min(h.length, h.captured.length), fields: h.fields };
}

/** Every value of a field, outermost layer first. */
export function values(layers: readonly Layer[], name: string): (number | string)[] {
  return layers.flatMap(l => l.fields.filter(f => f.name === name).map(f => f.value));
}
