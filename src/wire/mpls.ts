import { MPLS } from '../../assembly/wire/mpls.ts';
import { field, Header } from './header.ts';

/** MPLS label stack entry, RFC 3032. */
export const mpls = new Header('mpls', MPLS.LEN, [
  field('label', MPLS.ENTRY, 20),
  field('tc', MPLS.ENTRY, 3, 20),
  field('s', MPLS.ENTRY, 1, 23),
  field('ttl', MPLS.TTL, 8),
]);
