import { PAUSE, PFC } from '../../assembly/wire/mac_control.ts';
import { field, Header } from './header.ts';

/** PAUSE, IEEE 802.3 annex 31B. */
export const pause = new Header('pause', PAUSE.LEN, [
  field('opcode', PAUSE.OPCODE, 16),
  field('time', PAUSE.TIME, 16),
]);

/** Priority-based flow control, IEEE 802.3 annex 31D. */
export const pfc = new Header('pfc', PFC.LEN, [
  field('opcode', PFC.OPCODE, 16),
  field('class_enable_vector', PFC.CLASS_ENABLE_VECTOR, 16),
  field('time0', PFC.TIME, 16),
  field('time1', PFC.TIME + 2, 16),
  field('time2', PFC.TIME + 4, 16),
  field('time3', PFC.TIME + 6, 16),
  field('time4', PFC.TIME + 8, 16),
  field('time5', PFC.TIME + 10, 16),
  field('time6', PFC.TIME + 12, 16),
  field('time7', PFC.TIME + 14, 16),
]);
