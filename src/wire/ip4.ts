import { IP4 } from '../../assembly/wire/ip4.ts';
import { field, Header, octets } from './header.ts';

/** IPv4 header without options, RFC 791. `flags`: 2 is DF, 1 is MF. */
export const ip4 = new Header('ip4', IP4.LEN, [
  field('version', IP4.VERSION_IHL, 4),
  field('ihl', IP4.VERSION_IHL, 4, 4),
  field('dscp', IP4.TOS, 6),
  field('ecn', IP4.TOS, 2, 6),
  field('total_length', IP4.TOTAL_LENGTH, 16),
  field('identification', IP4.IDENTIFICATION, 16),
  field('flags', IP4.FLAGS_OFFSET, 3),
  field('fragment_offset', IP4.FLAGS_OFFSET, 13, 3),
  field('ttl', IP4.TTL, 8),
  field('protocol', IP4.PROTOCOL, 8),
  field('checksum', IP4.CHECKSUM, 16),
  octets('src', IP4.SRC, 4),
  octets('dst', IP4.DST, 4),
]);
