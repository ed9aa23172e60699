// icmp.ts -- how many ICMP errors the switch sends.

import { Switch } from '../../assembly/abi/switch.ts';
import type { Builder } from './builder.ts';

/** Errors a second, and at once (RFC 1812 section 4.3.2.8 wants a limit; the numbers are ours). */
const RATE = 1000, BURST = 100;

export function buildIcmp(b: Builder): void {
  const { k } = b, meter = k.alloc(k.fn['meter_sizeof']!(), 'ICMP meter');
  const init = k.fn['meter_init'] as unknown as (meter: number, rate: bigint, burst: bigint) => void;
  init(meter, BigInt(b.config.icmp?.rate ?? RATE), BigInt(b.config.icmp?.burst ?? BURST));
  k.view.setUint32(b.sw + Switch.ICMP_METER, meter, true);
}
