import { BIER } from '../../assembly/wire/bier.ts';
import { field, Header } from './header.ts';

/** Bit Index Explicit Replication, without the bit string. */
export const bier = new Header('bier', BIER.LEN, [
  field('bift_id', BIER.BIFT, 20),
  field('tc', BIER.BIFT + 2, 3, 4),
  field('s', BIER.BIFT + 2, 1, 7),
  field('ttl', BIER.BIFT + 3, 8),
  field('nibble', BIER.FORM, 4),
  field('ver', BIER.FORM, 4, 4),
  field('bsl', BIER.FORM + 1, 4),
  field('entropy', BIER.FORM + 1, 20, 4),
  field('oam', BIER.PROTO, 2),
  field('rsv', BIER.PROTO, 2, 2),
  field('dscp', BIER.PROTO, 6, 4),
  field('proto', BIER.PROTO + 1, 6, 2),
  field('bfir_id', BIER.BFIR_ID, 16),
]);
