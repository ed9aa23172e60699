import { PW } from '../../assembly/wire/pw.ts';
import { field, Header } from './header.ts';

/** Pseudowire control word, RFC 4385. */
export const pw = new Header('pw', PW.LEN, [
  field('zero', PW.FLAGS_LENGTH, 4),
  field('flags', PW.FLAGS_LENGTH, 4, 4),
  field('frg', PW.FLAGS_LENGTH, 2, 8),
  field('length', PW.FLAGS_LENGTH, 6, 10),
  field('sequence', PW.SEQUENCE, 16),
]);
