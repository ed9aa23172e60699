import { ICMP6 } from '../../assembly/wire/icmp6.ts';
import { field, Header } from './header.ts';

/** ICMPv6 header, RFC 4443; `rest` by type. */
export const icmp6 = new Header('icmp6', ICMP6.LEN, [
  field('type', ICMP6.TYPE, 8),
  field('code', ICMP6.CODE, 8),
  field('checksum', ICMP6.CHECKSUM, 16),
  field('rest', ICMP6.REST, 32),
]);
