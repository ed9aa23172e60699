import { ARP } from '../../assembly/wire/arp.ts';
import { field, Header, octets } from './header.ts';

/** ARP for IPv4 over Ethernet, RFC 826. */
export const arp = new Header('arp', ARP.LEN, [
  field('hrd', ARP.HRD, 16),
  field('pro', ARP.PRO, 16),
  field('hln', ARP.HLN, 8),
  field('pln', ARP.PLN, 8),
  field('op', ARP.OP, 16),
  octets('sha', ARP.SHA, 6),
  octets('spa', ARP.SPA, 4),
  octets('tha', ARP.THA, 6),
  octets('tpa', ARP.TPA, 4),
]);
