import { VXLAN } from '../../assembly/wire/vxlan.ts';
import { field, Header } from './header.ts';

/** VXLAN header, RFC 7348. */
export const vxlan = new Header('vxlan', VXLAN.LEN, [
  field('flags', VXLAN.FLAGS, 8),
  field('reserved', VXLAN.RESERVED, 24),
  field('vni', VXLAN.VNI, 24),
  field('reserved2', VXLAN.RESERVED2, 8),
]);
