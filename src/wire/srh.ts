import { SRH, SRH_HMAC } from '../../assembly/wire/srh.ts';
import { field, Header } from './header.ts';

/** Segment Routing Header, fixed part, RFC 8754. */
export const srh = new Header('srh', SRH.LEN, [
  field('next_header', SRH.NEXT_HEADER, 8),
  field('hdr_ext_len', SRH.HDR_EXT_LEN, 8),
  field('routing_type', SRH.ROUTING_TYPE, 8),
  field('segments_left', SRH.SEGMENTS_LEFT, 8),
  field('last_entry', SRH.LAST_ENTRY, 8),
  field('flags', SRH.FLAGS, 8),
  field('tag', SRH.TAG, 16),
]);

/** HMAC TLV, fixed part. */
export const srhHmac = new Header('srhHmac', SRH_HMAC.LEN, [
  field('type', SRH_HMAC.TYPE, 8),
  field('length', SRH_HMAC.LENGTH, 8),
  field('d', SRH_HMAC.D_RESERVED, 1),
  field('reserved', SRH_HMAC.D_RESERVED, 15, 1),
  field('key_id', SRH_HMAC.KEY_ID, 32),
]);
