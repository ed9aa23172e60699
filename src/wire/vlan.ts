import { VLAN } from '../../assembly/wire/vlan.ts';
import { field, Header } from './header.ts';

/** 802.1Q tag, from its TPID. */
export const vlan = new Header('vlan', VLAN.LEN, [
  field('tpid', VLAN.TPID, 16),
  field('pcp', VLAN.TCI, 3),
  field('dei', VLAN.TCI, 1, 3),
  field('vid', VLAN.TCI, 12, 4),
]);
