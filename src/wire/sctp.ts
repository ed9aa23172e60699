import { SCTP } from '../../assembly/wire/sctp.ts';
import { field, Header } from './header.ts';

/** SCTP common header, RFC 9260. */
export const sctp = new Header('sctp', SCTP.LEN, [
  field('src_port', SCTP.SRC_PORT, 16),
  field('dst_port', SCTP.DST_PORT, 16),
  field('verification_tag', SCTP.VERIFICATION_TAG, 32),
  field('checksum', SCTP.CHECKSUM, 32),
]);
