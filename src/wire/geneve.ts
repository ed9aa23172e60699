import { GENEVE, GENEVE_OPTION } from '../../assembly/wire/geneve.ts';
import { field, Header } from './header.ts';

/** Geneve header without options, RFC 8926. */
export const geneve = new Header('geneve', GENEVE.LEN, [
  field('ver', GENEVE.VER_OPT_LEN, 2),
  field('opt_len', GENEVE.VER_OPT_LEN, 6, 2),
  field('o', GENEVE.FLAGS, 1),
  field('c', GENEVE.FLAGS, 1, 1),
  field('rsvd', GENEVE.FLAGS, 6, 2),
  field('protocol_type', GENEVE.PROTOCOL_TYPE, 16),
  field('vni', GENEVE.VNI, 24),
  field('reserved', GENEVE.RESERVED, 8),
]);

/** Header of a Geneve option; `length` in words of four bytes. */
export const geneveOption = new Header('geneveOption', GENEVE_OPTION.LEN, [
  field('class', GENEVE_OPTION.CLASS, 16),
  field('type', GENEVE_OPTION.TYPE, 8),
  field('r', GENEVE_OPTION.LENGTH, 3),
  field('length', GENEVE_OPTION.LENGTH, 5, 3),
]);
