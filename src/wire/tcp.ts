import { TCP } from '../../assembly/wire/tcp.ts';
import { field, Header } from './header.ts';

/** TCP header without options, RFC 9293. */
export const tcp = new Header('tcp', TCP.LEN, [
  field('src_port', TCP.SRC_PORT, 16),
  field('dst_port', TCP.DST_PORT, 16),
  field('sequence', TCP.SEQUENCE, 32),
  field('acknowledgment', TCP.ACKNOWLEDGMENT, 32),
  field('offset', TCP.DATA_OFFSET, 4),
  field('rsrvd', TCP.DATA_OFFSET, 4, 4),
  field('flags', TCP.FLAGS, 8),
  field('window', TCP.WINDOW, 16),
  field('checksum', TCP.CHECKSUM, 16),
  field('urgent_pointer', TCP.URGENT_POINTER, 16),
]);
