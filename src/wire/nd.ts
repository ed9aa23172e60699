import { ND_NA, ND_NS, ND_OPTION, ND_RA } from '../../assembly/wire/nd.ts';
import { field, Header, octets } from './header.ts';

/** Neighbor Solicitation, RFC 4861 section 4.3. */
export const neighborSolicitation = new Header('neighborSolicitation', ND_NS.LEN, [
  field('type', ND_NS.TYPE, 8),
  field('code', ND_NS.CODE, 8),
  field('checksum', ND_NS.CHECKSUM, 16),
  field('reserved', ND_NS.RESERVED, 32),
  octets('target', ND_NS.TARGET, 16),
]);

/** Neighbor Advertisement, RFC 4861 section 4.4. */
export const neighborAdvertisement = new Header('neighborAdvertisement', ND_NA.LEN, [
  field('type', ND_NA.TYPE, 8),
  field('code', ND_NA.CODE, 8),
  field('checksum', ND_NA.CHECKSUM, 16),
  field('r', ND_NA.FLAGS, 1),
  field('s', ND_NA.FLAGS, 1, 1),
  field('o', ND_NA.FLAGS, 1, 2),
  field('reserved', ND_NA.FLAGS, 29, 3),
  octets('target', ND_NA.TARGET, 16),
]);

/** Router Advertisement, RFC 4861 section 4.2. */
export const routerAdvertisement = new Header('routerAdvertisement', ND_RA.LEN, [
  field('type', ND_RA.TYPE, 8),
  field('code', ND_RA.CODE, 8),
  field('checksum', ND_RA.CHECKSUM, 16),
  field('cur_hop_limit', ND_RA.CUR_HOP_LIMIT, 8),
  field('m', ND_RA.FLAGS, 1),
  field('o', ND_RA.FLAGS, 1, 1),
  field('reserved', ND_RA.FLAGS, 6, 2),
  field('router_lifetime', ND_RA.ROUTER_LIFETIME, 16),
  field('reachable_time', ND_RA.REACHABLE_TIME, 32),
  field('retrans_timer', ND_RA.RETRANS_TIMER, 32),
]);

/** Source or target link-layer address option for Ethernet, RFC 4861 section 4.6.1. */
export const ndLinkLayer = new Header('ndLinkLayer', ND_OPTION.LEN, [
  field('type', ND_OPTION.TYPE, 8),
  field('length', ND_OPTION.LENGTH, 8),
  octets('address', ND_OPTION.ADDRESS, 6),
]);
