// filter_expressions.ts -- the expressions that weft and libpcap must agree on.

const PLAIN = `
ip
ip6
arp
rarp
tcp
udp
sctp
icmp
icmp6
igmp
igrp
pim
vrrp
carp
ah
esp
not ip
! ip
not not tcp
ip and not tcp
ip or ip6 and udp
ip and udp or ip6
(ip or ip6) and udp
ip && udp || arp
not (tcp or udp)
not tcp and not udp
ether proto 0x0800
ether proto \\ip
ether proto \\arp
ether proto \\ip6
ether proto 0x8847
ether proto 0x88a8 or 0x8100
ether proto 5
ether proto 0x42
ether proto 0xaa
ether proto 6
ether proto 0xfe
ether proto 0xf0
ether proto 1500
ether proto 1501
ether proto 0x88cc
link proto 0x806
ip proto 6
ip proto \\tcp
ip proto ospf
ip proto gre
ip proto 47
ip proto 1 or 17
ip proto (1 or 17)
ip proto not 17
ip6 proto 17
ip6 proto 43
ip6 proto 44
ip6 proto \\tcp
ip6 proto 58 or 6
proto 17
proto \\udp
proto 4
proto 41
proto \\sctp or \\icmp
host 10.0.0.1
host 192.168.1.1
src host 10.0.0.1
dst host 10.0.0.1
src 10.0.0.1
dst 10.0.0.1
src or dst host 10.0.0.1
src and dst host 10.0.0.1
dst and src 10.0.0.1
dst or src host 10.0.0.1
ip host 10.0.0.1
ip src 10.0.0.1 or 10.0.0.2
arp host 192.168.1.1
arp src 192.168.1.1
arp dst host 192.168.1.1
rarp host 192.168.1.1
host 10.0
host 10.0.0
host 167772161
host 0x0a000001
host 10.0.0.1 or 10.0.0.2
host 10.0.0.1 or host 10.0.0.2
host (10.0.0.1 or 10.0.0.2)
host 10.0.0.1 and not 10.0.0.2
host 10.0.0.1 and (10.0.0.2 or 10.0.0.3)
not host 10.0.0.1
host not 10.0.0.1
host ::1
host fe80::1
src host 2001:db8::1
dst host ff02::1
ip6 host ff02::1
ip6 dst ff02::1
src and dst host ::
host ::ffff:10.0.0.1
host 1:2:3:4:5:6:7:8
net 10
net 10.0
net 192.168.1
net 192.168
net 172.16.0.0/12
net 10.0.0.0/8
net 0.0.0.0/0
net 10.0.0.0 mask 255.0.0.0
net 10.0 mask 255.255.0.0
net 192.168.0.0/16 or 10.0.0.0/8
src net 10.0.0.0/8
dst net 10.0.0.0/8
src and dst net 10.0.0.0/8
ip net 10.0.0.0/8
arp net 192.168.0.0/16
arp src net 192.168
net 224.0.0.0/4
net 10.0.0.0/31
net 10.0.0.0/32
net 0
net 2001:db8::/32
net fe80::/10
net ff00::/8
src net ::/0
ip6 net 2001::/16
dst net ff02::/16
net 2001:db8:0:1::/64
net fc00::/7 or fe80::/10
ether host 00:00:00:00:00:01
ether src 00:00:00:00:00:02
ether dst 01:80:c2:00:00:0e
ether dst 01-80-c2-00-00-01
ether dst 0180.c200.0002
ether dst 0180c2000000
ether host ff:ff:ff:ff:ff:ff
ether host ff.ff.ff.ff.ff.ff
ether src and dst 0:0:0:0:0:0
ether src or dst host ff:ff:ff:ff:ff:ff
ether host 1:2:3:4:5:6 or ff:ff:ff:ff:ff:ff
port 80
port 53
port 4789
port 4791
src port 80
dst port 80
src or dst port 80
src and dst port 53
tcp port 80
udp port 4791
udp dst port 4789
udp src port 53
sctp port 2905
tcp port 80 or 443
tcp port (80 or 443)
tcp port not 80
not port 80
port 80 or 443 or 53
port (80 or 443) and host 10.0.0.1
tcp src port 80 or dst port 443
port http
port domain
tcp port http
tcp port domain
udp port domain or ntp
port ssh or https
port bgp
port bootps or bootpc
udp port snmp
portrange 1-1023
portrange 1023-1
portrange 80-80
portrange 80
tcp portrange 1024-65535
udp portrange 4000-5000
src portrange 1024-65535
udp dst portrange 53-53 or 4789-4791
src and dst portrange 1-65535
not portrange 0-1023
sctp portrange 0-65535
broadcast
ether broadcast
ip broadcast
multicast
ether multicast
ip multicast
ip6 multicast
not broadcast and not multicast
multicast and not ip multicast
vlan
vlan 1
vlan 100
vlan (100)
vlan and ip
vlan and ip6
vlan and tcp
vlan and arp
vlan and vlan
vlan and vlan and ip
vlan and vlan and vlan and vlan and ip6
vlan 100 and vlan 200
vlan and host 10.0.0.1
vlan and port 80
vlan or ip
vlan or mpls
not vlan
not vlan and ip
ip or (vlan and ip)
ip or vlan and ip
vlan and ether[12:2] = 0x8100
vlan and ip[9] = 17
vlan and tcp[13] & 2 != 0
vlan and icmp6
vlan and net 10.0.0.0/8
vlan and ether host ff:ff:ff:ff:ff:ff
vlan and multicast
vlan and ip multicast
vlan and ip broadcast
vlan and ether proto 0x8847
vlan and ether proto 0x42
vlan and mpls
vlan and mpls and ip
vlan and mpls and tcp port 80
mpls
mpls 16
mpls 100
mpls 1000 and mpls 2000
mpls (16)
mpls and ip
mpls and ip6
mpls and tcp
mpls and mpls
mpls and mpls and ip
mpls and mpls and mpls and ip
mpls and host 10.0.0.1
mpls and port 80
mpls and icmp
mpls and icmp[icmptype] = icmp-echo
mpls and ip[8] < 64
mpls and ip6[7] > 1
mpls and udp[2:2] = 53
mpls and net 10.0.0.0/8
mpls and ether[0] & 1 = 0
mpls and ip proto 17
mpls and ip multicast
mpls and ether proto 0x800
mpls or ip
not mpls
less 100
greater 100
less 64
greater 1500
less 60 or greater 1000
not less 100
len > 100
len >= 100
len = 60
len == 60
len < 70
len <= 70
len != 60
length > 1000
len - 14 > 46
len % 2 = 0
len / 2 > 40
len * 2 > 400
len & 1 = 1
len | 1 = 61
len ^ 1 = 61
len << 1 > 256
len >> 6 = 1
100 < len
14 + 20 + 20 = len
60 = len and tcp
1 = 1
1 = 2
1 > 0 and ip
ip[0] & 0xf != 5
ip[0] & 0x0f > 5
ip[8] < 2
ip[8] < 65
ip[9] = 6
ip[6:2] & 0x1fff = 0
ip[6:2] & 0x1fff != 0
ip[6] & 0x20 != 0
ip[6] & 0x40 != 0
ip[2:2] > 576
ip[2:2] != len - 14
ip[12:4] = 0x0a000001
ip[16:4] & 0xff000000 = 0x0a000000
ip[1] & 0xfc = 0
ip[1] & 3 = 3
ip[0] >> 4 = 4
ip[10:2] = 0
ip[len - 20] = 0
ip[(ip[0] & 15) * 4] = 0
tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
tcp[tcpflags] & tcp-syn != 0
tcp[tcpflags] = tcp-syn
tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)
tcp[tcpflags] & tcp-rst != 0 or tcp[tcpflags] & tcp-push != 0
tcp[13] = 2
tcp[13] == 18
tcp[0:2] = 80
tcp[2:2] < 1024
tcp[12] >> 4 > 5
tcp[12] & 0xf0 >> 2 != 20
(tcp[12] & 0xf0) >> 2 != 20
tcp[(tcp[12] & 0xf0) >> 2:4] = 0x47455420
ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0
not tcp[13] & 2 != 0
not (tcp[13] & 16 != 0)
udp[4:2] > 100
udp[6:2] = 0
udp[0:2] = udp[2:2]
udp[8] = 0x08
udp[8:4] & 0xff000000 = 0x08000000
udp port 4791 and udp[8] = 0x81
udp port 4789 and udp[12:4] >> 8 = 100
icmp[0] = 8
icmp[icmptype] = icmp-echo
icmp[icmptype] = icmp-echoreply
icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply
icmp[icmptype] = icmp-unreach and icmp[icmpcode] = 4
icmp[icmptype] == icmp-timxceed
icmp6[0] = 135
icmp6[icmp6type] = icmp6-neighborsolicit
icmp6[icmp6type] = icmp6-echo
icmp6[icmp6type] == icmp6-packettoobig
icmp6[4:4] > 1280
igmp[0] = 0x16
sctp[0:2] = 2905
pim[0] & 15 = 0
vrrp[0] = 0x21
ip6[6] = 17
ip6[6] = 43
ip6[7] < 2
ip6[4:2] > 100
ip6[0] & 0xf0 = 0x60
ip6[0:4] & 0xfffff = 0
ip6[40] = 17
ip6[24] = 0xff
arp[6:2] = 1
arp[7] = 2
arp[14:4] = arp[24:4]
rarp[6:2] = 3
ether[0] & 1 = 0
ether[0] & 1 != 0
ether[12:2] = 0x800
ether[12:2] < 0x600
ether[6:4] = ether[0:4]
ether[14] = 0x45
ether[1514] = 0
ether[len - 1] = 0
ether[60] >= 0
ether[0] >= 0
ether[100:4] & 0xff = ether[103]
link[12:2] = 0x86dd
-1 > len
- len > 4294967200
ip[8] - 1 > 254
ip[8] * 256 + ip[9] = 16390
ip[8] / ip[9] = 10
ip[2:2] / (ip[6:2] & 0x1fff) > 0
ip[9] % ip[8] = 6
1 << ip[9] = 64
1 << (ip[9] & 31) = 64
1 >> len = 0
ip[8] | ip[9] ^ 3 & 5 > 1
ip[8] ^ 1 + 2 = 67
10 % 4 * 2 = 2
10 - 4 - 2 = 4
2 + 3 * 4 = 14
100 / 5 / 2 = 10
1 + 2 << 1 = 6
1 | 2 & 2 = 3
len & 0x3f - 1 = 3
(len) > 60
((len + 4)) > 60
(ip[8]) + (1) > 64
(1 + 2) * 3 = 9
(60) = len
0x3c = len
074 = len
ip[8] > ip[9]
tcp[0:2] > tcp[2:2]
ip[12:4] < ip[16:4]
tcp[0] = 0 and udp[0] = 0
udp port 4791 and net 10.0.0.0/8
tcp port 443 and (host 10.0.0.1 or host 10.0.0.2) and not src net 192.168.0.0/16
(tcp or udp) and port 53 and greater 80
ip and ip[6:2] & 0x3fff != 0 and not icmp
icmp or icmp6 or arp
ether multicast and not (ip or ip6) and less 200
(host 10.0.0.1 and port 80) or (host 10.0.0.2 and port 443) or (vlan and tcp)
tcp and not (port 22 or port 443 or portrange 8000-9000)
ip6 and not icmp6 and not tcp and not udp
(ip or (vlan and ip) or (vlan and vlan and ip)) and tcp
not (not (not ip))
((((((ip))))))
port 80 and host 10.0.0.1 or port 443 and host 10.0.0.2
src port 1024 or 1025 and dst port 80
host 10.0.0.1 or not 10.0.0.2
tcp[ip[0] & 4] > 200 or tcp[0:2] = 80
udp[len & 3] > 200 or udp[2:2] = 53 or udp[len & 2:2] = 4789
icmp6[ip[8] & 0] >= 0
icmp6[ip6[6] & 3] >= 0
tcp[tcp[12] >> 2:2] > 0
`.split('\n').filter(line => line !== '');

/** Long enough that jumps need more than a byte. */
const LONG = [
  Array.from({ length: 400 }, (_, i) => `host 10.0.${i >> 8}.${i & 255}`).join(' or '),
  `not (${Array.from({ length: 120 }, (_, i) => `tcp port ${i * 7}`).join(' or ')}) and ip`,
  `ip6 or (${Array.from({ length: 150 }, (_, i) => `ip[8] != ${i}`).join(' and ')} and len < 1000)`,
  `vlan and not (${Array.from({ length: 60 }, (_, i) => `net 2001:db8:${i}::/48`).join(' or ')}) or arp`,
];

export const EXPRESSIONS: readonly string[] = [...PLAIN, ...LONG];
