import { GRE } from '../../assembly/wire/gre.ts';
import { field, Header } from './header.ts';

/** GRE header without optional words, RFC 2784 and RFC 2890. */
export const gre = new Header('gre', GRE.LEN, [
  field('c', GRE.FLAGS_VERSION, 1),
  field('r', GRE.FLAGS_VERSION, 1, 1),
  field('k', GRE.FLAGS_VERSION, 1, 2),
  field('s', GRE.FLAGS_VERSION, 1, 3),
  field('reserved0', GRE.FLAGS_VERSION, 9, 4),
  field('ver', GRE.FLAGS_VERSION, 3, 13),
  field('protocol_type', GRE.PROTOCOL_TYPE, 16),
]);
