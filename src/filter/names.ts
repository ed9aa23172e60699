// names.ts -- the words of the language that stand for a number, and the words
// of pcap-filter(7) that weft does not take.

import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';

/** Reverse ARP, RFC 903: its packets look like ARP's. */
export const RARP = 0x8035;

/** Protocol words that are an ethertype. */
export const ETHERTYPES: ReadonlyMap<string, number> = new Map([
  ['ip', ETHERTYPE.IPV4], ['arp', ETHERTYPE.ARP], ['rarp', RARP], ['ip6', ETHERTYPE.IPV6],
]);

/** A protocol above IP: its number, and which IP versions its word covers. */
export interface Protocol { readonly number: number; readonly ip: boolean; readonly ip6: boolean }

/** Protocol words that are an IP protocol number: IANA protocol-numbers. */
export const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map(([
  ['icmp', 1, true, false], ['igmp', 2, true, false], ['tcp', 6, true, true], ['igrp', 9, true, false],
  ['udp', 17, true, true], ['esp', 50, true, true], ['ah', 51, true, true], ['icmp6', 58, false, true],
  ['pim', 103, true, true], ['vrrp', 112, true, false], ['carp', 112, true, false], ['sctp', 132, true, true],
] as const).map(([word, number, ip, ip6]) => [word, { number, ip, ip6 }]));

/** The transports with ports, in the order a bare `port` tries them. */
export const PORT_PROTOCOLS: readonly string[] = ['sctp', 'tcp', 'udp'];

/** Names after `ip proto`, `ip6 proto` and `proto`; words of the language are written `\tcp`. */
export const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1], ['igmp', 2], ['ipencap', 4], ['tcp', 6], ['udp', 17], ['ipv6', 41], ['rsvp', 46], ['gre', 47], ['esp', 50],
  ['ah', 51], ['ipv6-icmp', 58], ['ospf', 89], ['pim', 103], ['vrrp', 112], ['l2tp', 115], ['sctp', 132],
]);

/** A service: its port, and its transport when it has only one. */
export interface Service { readonly port: number; readonly transport?: 'tcp' | 'udp' }

/** Names after `port`: the usual ones of IANA service-names. */
export const SERVICES: ReadonlyMap<string, Service> = new Map(Object.entries<Service>({
  'ftp-data': { port: 20, transport: 'tcp' }, ftp: { port: 21, transport: 'tcp' }, ssh: { port: 22, transport: 'tcp' },
  telnet: { port: 23, transport: 'tcp' }, smtp: { port: 25, transport: 'tcp' }, domain: { port: 53 },
  bootps: { port: 67, transport: 'udp' }, bootpc: { port: 68, transport: 'udp' }, tftp: { port: 69, transport: 'udp' },
  http: { port: 80, transport: 'tcp' }, kerberos: { port: 88 }, ntp: { port: 123, transport: 'udp' }, snmp: { port: 161 },
  'snmp-trap': { port: 162 }, bgp: { port: 179, transport: 'tcp' }, ldap: { port: 389 }, https: { port: 443 },
  isakmp: { port: 500, transport: 'udp' }, syslog: { port: 514, transport: 'udp' }, ldp: { port: 646 },
  imaps: { port: 993, transport: 'tcp' }, nfs: { port: 2049 }, sip: { port: 5060 },
}));

const count = (from: number, names: string) => names.split(' ').map((name, i) => [name, from + i] as const);

/** Words that are a number anywhere a number may stand: offsets, ICMP types, TCP flags. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['icmptype', 0], ['icmpcode', 1], ['icmp6type', 0], ['icmp6code', 1], ['tcpflags', 13],
  ['tcp-fin', 0x01], ['tcp-syn', 0x02], ['tcp-rst', 0x04], ['tcp-push', 0x08],
  ['tcp-ack', 0x10], ['tcp-urg', 0x20], ['tcp-ece', 0x40], ['tcp-cwr', 0x80],
  ['icmp-echoreply', 0], ['icmp-echo', 8],
  ...count(3, 'icmp-unreach icmp-sourcequench icmp-redirect'),
  ...count(9, 'icmp-routeradvert icmp-routersolicit icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply '
    + 'icmp-maskreq icmp-maskreply'),
  ...count(1, 'icmp6-destinationunreach icmp6-packettoobig icmp6-timeexceeded icmp6-parameterproblem'),
  ...count(128, 'icmp6-echo icmp6-echoreply icmp6-multicastlistenerquery icmp6-multicastlistenerreportv1 icmp6-multicastlistenerdone '
    + 'icmp6-routersolicit icmp6-routeradvert icmp6-neighborsolicit icmp6-neighboradvert icmp6-redirect icmp6-routerrenum '
    + 'icmp6-nodeinformationquery icmp6-nodeinformationresponse icmp6-ineighbordiscoverysolicit icmp6-ineighbordiscoveryadvert '
    + 'icmp6-multicastlistenerreportv2 icmp6-homeagentdiscoveryrequest icmp6-homeagentdiscoveryreply icmp6-mobileprefixsolicit '
    + 'icmp6-mobileprefixadvert icmp6-certpathsolicit icmp6-certpathadvert'),
  ...count(151, 'icmp6-multicastrouteradvert icmp6-multicastroutersolicit icmp6-multicastrouterterm'),
]);

/** Words with a meaning of their own; a name equal to one of them needs a backslash. */
export const WORDS: ReadonlySet<string> = new Set([
  ...ETHERTYPES.keys(), ...PROTOCOLS.keys(), 'ether', 'link',
  'src', 'dst', 'host', 'net', 'mask', 'port', 'portrange', 'proto', 'broadcast', 'multicast', 'less', 'greater', 'len', 'length',
  'vlan', 'mpls', 'and', 'or', 'not',
]);

/** Words of pcap-filter(7) for other links, other layers or live capture. */
export const UNSUPPORTED: ReadonlySet<string> = new Set((
  'geneve vxlan pppoed pppoes llc gateway protochain inbound outbound ifindex byte ppp slip fddi tr wlan radio atalk aarp decnet lat '
  + 'sca moprc mopdl iso esis es-is isis is-is clnp l1 l2 iih lsp snp csnp psnp stp ipx netbeui type subtype direction dir '
  + 'addr1 addr2 addr3 addr4 address1 address2 address3 address4 ra ta on ifname rset ruleset rnr rulenum srnr subrulenum reason action '
  + 'lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect fisu lssu lsu msu hfisu hlssu hmsu '
  + 'sio opc dpc sls hsio hopc hdpc hsls batadv').split(' '));
