import { ETH } from '../../assembly/wire/ethernet.ts';
import { field, Header, octets } from './header.ts';

/** Ethernet II header, IEEE 802.3 clause 3.2.6. */
export const ethernet = new Header('ethernet', ETH.LEN, [
  octets('dst', ETH.DST, 6),
  octets('src', ETH.SRC, 6),
  field('ethertype', ETH.ETHERTYPE, 16),
]);
