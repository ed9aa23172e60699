// roce.ts -- RoCEv2: base transport header, and the extended headers its opcode calls for.

import { AETH, BTH, BTH_BIT, BTH_OPCODE, ICRC_LEN, RETH } from '../../../assembly/wire/roce.ts';
import { Link, type Protocol } from './layer.ts';

/** Opcodes of a reliable connection; those of others differ in the high three bits only. */
const WITH_RETH: readonly BTH_OPCODE[] = [BTH_OPCODE.RC_WRITE_FIRST, BTH_OPCODE.RC_WRITE_ONLY, BTH_OPCODE.RC_WRITE_ONLY_IMMEDIATE, BTH_OPCODE.RC_READ_REQUEST];
const WITH_AETH: readonly BTH_OPCODE[] = [BTH_OPCODE.RC_READ_RESPONSE_FIRST, BTH_OPCODE.RC_READ_RESPONSE_LAST, BTH_OPCODE.RC_READ_RESPONSE_ONLY, BTH_OPCODE.RC_ACKNOWLEDGE, BTH_OPCODE.RC_ATOMIC_ACKNOWLEDGE];
/** Highest opcode of a connected transport: RC 0x00, UC 0x20, RD 0x40. */
const CONNECTED_MAX = 0x5f;

export const infiniband: Protocol = {
  name: 'infiniband',
  read(h) {
    h.length = BTH.LEN;
    const opcode = h.dec('infiniband.bth.opcode', BTH.OPCODE, 1);
    const bits = h.number(BTH.SE_M_PAD_TVER, 1);
    h.put('infiniband.bth.se', (bits & BTH_BIT.SE) !== 0);
    h.put('infiniband.bth.m', (bits & BTH_BIT.MIG_REQ) !== 0);
    h.put('infiniband.bth.padcnt', bits >> BTH_BIT.PAD_SHIFT & BTH_BIT.PAD);
    h.put('infiniband.bth.tver', bits & BTH_BIT.TVER);
    h.dec('infiniband.bth.p_key', BTH.P_KEY, 2);
    const notification = h.number(BTH.FECN_BECN, 1);
    h.put('infiniband.bth.fecn', (notification & BTH_BIT.FECN) !== 0);
    h.put('infiniband.bth.becn', (notification & BTH_BIT.BECN) !== 0);
    h.hex('infiniband.bth.destqp', BTH.DEST_QP, 3);
    h.put('infiniband.bth.a', (h.number(BTH.ACK_REQ, 1) & BTH_BIT.ACK_REQ) !== 0);
    h.dec('infiniband.bth.psn', BTH.PSN, 3);

    const operation = opcode <= CONNECTED_MAX ? opcode & 0x1f : -1;
    if (WITH_RETH.includes(operation)) {
      h.put('infiniband.reth.va', '0x' + Array.from(h.octets(h.length, 8), o => o.toString(16).padStart(2, '0')).join(''));
      h.hex('infiniband.reth.r_key', h.length + RETH.R_KEY, 4);
      h.dec('infiniband.reth.dmalen', h.length + RETH.DMA_LENGTH, 4);
      h.length += RETH.LEN;
    }
    if (WITH_AETH.includes(operation)) {
      h.dec('infiniband.aeth.syndrome', h.length + AETH.SYNDROME, 1);
      h.dec('infiniband.aeth.msn', h.length + AETH.MSN, 3);
      h.length += AETH.LEN;
    }
    const icrc = h.size - ICRC_LEN;
    if (icrc < h.length) h.malformed();
    h.hex('infiniband.invariant.crc', icrc, ICRC_LEN);
    return h.next('link', Link.DATA, h.start + icrc);
  },
};
