import { ICMP_EXT, ICMP_EXT_OBJECT } from '../../assembly/wire/icmp_ext.ts';
import { field, Header } from './header.ts';

/** ICMP extension header, RFC 4884 section 7. */
export const icmpExt = new Header('icmpExt', ICMP_EXT.LEN, [
  field('version', ICMP_EXT.VERSION, 4),
  field('reserved', ICMP_EXT.VERSION, 12, 4),
  field('checksum', ICMP_EXT.CHECKSUM, 16),
]);

/** Header of an extension object. */
export const icmpExtObject = new Header('icmpExtObject', ICMP_EXT_OBJECT.LEN, [
  field('length', ICMP_EXT_OBJECT.LENGTH, 16),
  field('class_num', ICMP_EXT_OBJECT.CLASS_NUM, 8),
  field('c_type', ICMP_EXT_OBJECT.C_TYPE, 8),
]);
