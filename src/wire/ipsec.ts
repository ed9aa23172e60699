import { AH, ESP } from '../../assembly/wire/ipsec.ts';
import { field, Header } from './header.ts';

/** Authentication Header without ICV, RFC 4302. */
export const ah = new Header('ah', AH.LEN, [
  field('next_header', AH.NEXT_HEADER, 8),
  field('payload_len', AH.PAYLOAD_LEN, 8),
  field('reserved', AH.RESERVED, 16),
  field('spi', AH.SPI, 32),
  field('sequence', AH.SEQUENCE, 32),
]);

/** ESP header, RFC 4303. */
export const esp = new Header('esp', ESP.LEN, [
  field('spi', ESP.SPI, 32),
  field('sequence', ESP.SEQUENCE, 32),
]);
