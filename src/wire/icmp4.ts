import { ICMP4 } from '../../assembly/wire/icmp4.ts';
import { field, Header } from './header.ts';

/** ICMP header, RFC 792; `rest` by type. */
export const icmp4 = new Header('icmp4', ICMP4.LEN, [
  field('type', ICMP4.TYPE, 8),
  field('code', ICMP4.CODE, 8),
  field('checksum', ICMP4.CHECKSUM, 16),
  field('rest', ICMP4.REST, 32),
]);
