import { IP6, IP6_EXT, IP6_FRAGMENT } from '../../assembly/wire/ip6.ts';
import { field, Header, octets } from './header.ts';

/** IPv6 header, RFC 8200. */
export const ip6 = new Header('ip6', IP6.LEN, [
  field('version', IP6.VERSION_CLASS_FLOW, 4),
  field('traffic_class', IP6.VERSION_CLASS_FLOW, 8, 4),
  field('flow_label', IP6.VERSION_CLASS_FLOW, 20, 12),
  field('payload_length', IP6.PAYLOAD_LENGTH, 16),
  field('next_header', IP6.NEXT_HEADER, 8),
  field('hop_limit', IP6.HOP_LIMIT, 8),
  octets('src', IP6.SRC, 16),
  octets('dst', IP6.DST, 16),
]);

/** First eight octets of an extension header; the last six depend on its type. */
export const ip6Extension = new Header('ip6Extension', IP6_EXT.LEN, [
  field('next_header', IP6_EXT.NEXT_HEADER, 8),
  field('hdr_ext_len', IP6_EXT.HDR_EXT_LEN, 8),
  octets('data', IP6_EXT.OPTIONS, 6),
]);

/** Fragment header. */
export const ip6Fragment = new Header('ip6Fragment', IP6_FRAGMENT.LEN, [
  field('next_header', IP6_FRAGMENT.NEXT_HEADER, 8),
  field('reserved', IP6_FRAGMENT.RESERVED, 8),
  field('fragment_offset', IP6_FRAGMENT.OFFSET_M, 13),
  field('res', IP6_FRAGMENT.OFFSET_M, 2, 13),
  field('m', IP6_FRAGMENT.OFFSET_M, 1, 15),
  field('identification', IP6_FRAGMENT.IDENTIFICATION, 32),
]);
