// link_type.ts -- link types a capture can have, and the headers that are not
// Ethernet, https://www.tcpdump.org/linktypes.html.
//
//   SLL    packet type u16 | ARPHRD u16 | address length u16 | address x 8 | protocol u16
//   SLL2   protocol u16 | reserved u16 | ifindex u32 | ARPHRD u16 | packet type u8
//          | address length u8 | address x 8
//   NULL   address family u32, in the byte order of the machine that captured
//   LOOP   address family u32, network order

export enum LINK_TYPE { NULL = 0, ETHERNET = 1, RAW_BSD = 12, RAW_OPENBSD = 14, RAW = 101, LOOP = 108, LINUX_SLL = 113, IPV4 = 228, IPV6 = 229, LINUX_SLL2 = 276 }

export enum SLL { ADDRESS_LENGTH = 4, ADDRESS = 6, PROTOCOL = 14, LEN = 16 }
export enum SLL2 { PROTOCOL = 0, ADDRESS_LENGTH = 11, ADDRESS = 12, LEN = 20 }
export enum LOOPBACK { FAMILY = 0, LEN = 4 }

/** Address families: IPv6 has a number of its own on each system (NetBSD, FreeBSD, macOS, Linux). */
export enum FAMILY { INET = 2, INET6_LINUX = 10, INET6_NETBSD = 24, INET6_FREEBSD = 28, INET6_DARWIN = 30 }
