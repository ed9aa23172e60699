// roce.ts -- RoCEv2: base transport header, the extended headers its opcode
// calls for, and the invariant CRC.

import { AETH, AETH_SYNDROME, ATOMIC_ACK_ETH, ATOMIC_ETH, BTH, BTH_BIT, BTH_OPCODE, BTH_TRANSPORT, DETH, ICRC_LEN, IETH, IMM_DT, RETH } from '../../../assembly/wire/roce.ts';
import { UDP } from '../../../assembly/wire/udp.ts';
import { icrc } from '../icrc.ts';
import { ChecksumStatus, type LayerReader, Link, type Protocol } from './layer.ts';

/** Reads an extended header at the end of the layer and lengthens it. */
type Extension = (h: LayerReader) => void;

const extension = (length: number, read: (h: LayerReader, at: number) => void): Extension => h => {
  h.octets(h.length, length);
  read(h, h.length);
  h.length += length;
};

/** A u64 printed in hex, and in decimal. */
const hex64 = (h: LayerReader, at: number): string => `0x${Array.from(h.octets(at, 8), o => o.toString(16).padStart(2, "0")).join("")}`;
const dec64 = (h: LayerReader, at: number): string => BigInt(hex64(h, at)).toString();

const reth = extension(RETH.LEN, (h, at) => {
  h.put('infiniband.reth.va', hex64(h, at + RETH.VIRTUAL_ADDRESS));
  h.hex('infiniband.reth.r_key', at + RETH.R_KEY, 4);
  h.dec('infiniband.reth.dmalen', at + RETH.DMA_LENGTH, 4);
});

/** What the low five bits of a syndrome are, by its high three. */
const SYNDROMES: Readonly<Record<number, string>> = { [AETH_SYNDROME.ACK]: 'credit_count', [AETH_SYNDROME.RNR_NAK]: 'timer', [AETH_SYNDROME.NAK]: 'error_code' };

const aeth = extension(AETH.LEN, (h, at) => {
  const syndrome = h.dec('infiniband.aeth.syndrome', at + AETH.SYNDROME, 1);
  h.put('infiniband.aeth.syndrome.opcode', syndrome >> 5 & 3);
  h.put(`infiniband.aeth.syndrome.${SYNDROMES[syndrome & AETH_SYNDROME.NAK] ?? 'reserved_value'}`, syndrome & AETH_SYNDROME.VALUE);
  h.dec('infiniband.aeth.msn', at + AETH.MSN, 3);
});

/** Wireshark names address and key as those of a RETH. */
const atomicEth = extension(ATOMIC_ETH.LEN, (h, at) => {
  h.put('infiniband.reth.va', hex64(h, at + ATOMIC_ETH.VIRTUAL_ADDRESS));
  h.hex('infiniband.reth.r_key', at + ATOMIC_ETH.R_KEY, 4);
  h.put('infiniband.atomiceth.swapdt', dec64(h, at + ATOMIC_ETH.SWAP_OR_ADD));
  h.put('infiniband.atomiceth.cmpdt', dec64(h, at + ATOMIC_ETH.COMPARE));
});

const atomicAckEth = extension(ATOMIC_ACK_ETH.LEN, (h, at) => { h.put('infiniband.atomicacketh.origremdt', dec64(h, at + ATOMIC_ACK_ETH.ORIGINAL)); });
const immDt = extension(IMM_DT.LEN, (h, at) => { h.bytes('infiniband.immdt', at, IMM_DT.LEN); });
const ieth = extension(IETH.LEN, (h, at) => { h.bytes('infiniband.ieth', at, IETH.LEN); });

const deth = extension(DETH.LEN, (h, at) => {
  h.put('infiniband.deth.q_key', `0x${h.number(at + DETH.Q_KEY, 4).toString(16).padStart(16, '0')}`); // Wireshark prints 64 bits
  h.put('infiniband.deth.srcqp', `0x${h.number(at + DETH.SRC_QP, 3).toString(16).padStart(8, '0')}`);
});

/** Extended headers of a connected transport's operations, in order. */
const EXTENSIONS: Readonly<Record<number, readonly Extension[]>> = {
  [BTH_OPCODE.RC_SEND_LAST_IMMEDIATE]: [immDt], [BTH_OPCODE.RC_SEND_ONLY_IMMEDIATE]: [immDt],
  [BTH_OPCODE.RC_WRITE_FIRST]: [reth], [BTH_OPCODE.RC_WRITE_ONLY]: [reth],
  [BTH_OPCODE.RC_WRITE_LAST_IMMEDIATE]: [immDt], [BTH_OPCODE.RC_WRITE_ONLY_IMMEDIATE]: [reth, immDt],
  [BTH_OPCODE.RC_READ_REQUEST]: [reth],
  [BTH_OPCODE.RC_READ_RESPONSE_FIRST]: [aeth], [BTH_OPCODE.RC_READ_RESPONSE_LAST]: [aeth], [BTH_OPCODE.RC_READ_RESPONSE_ONLY]: [aeth],
  [BTH_OPCODE.RC_ACKNOWLEDGE]: [aeth], [BTH_OPCODE.RC_ATOMIC_ACKNOWLEDGE]: [aeth, atomicAckEth],
  [BTH_OPCODE.RC_COMPARE_SWAP]: [atomicEth], [BTH_OPCODE.RC_FETCH_ADD]: [atomicEth],
  [BTH_OPCODE.RC_SEND_LAST_INVALIDATE]: [ieth], [BTH_OPCODE.RC_SEND_ONLY_INVALIDATE]: [ieth],
};
const DATAGRAMS: Readonly<Record<number, readonly Extension[]>> = { [BTH_OPCODE.UD_SEND_ONLY]: [deth], [BTH_OPCODE.UD_SEND_ONLY_IMMEDIATE]: [deth, immDt] };

function extensionsOf(opcode: number): readonly Extension[] {
  const transport = opcode & BTH_TRANSPORT.MASK, connected = transport === BTH_TRANSPORT.RC || transport === BTH_TRANSPORT.UC;
  return (connected ? EXTENSIONS[opcode & ~BTH_TRANSPORT.MASK] : DATAGRAMS[opcode]) ?? [];
}

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
    for (const read of extensionsOf(opcode)) read(h);
    const crc = h.size - ICRC_LEN;
    if (crc < h.length) h.malformed();
    h.hex('infiniband.invariant.crc', crc, ICRC_LEN);
    h.put('infiniband.invariant.crc.status', icrcStatus(h, crc)); // a name of ours
    return h.next('link', Link.DATA, h.start + crc);
  },
};

/** @param crc where the ICRC stands */
function icrcStatus(h: LayerReader, crc: number): ChecksumStatus {
  const { ip, fragment } = h.around;
  if (!ip || ip.end + UDP.LEN !== h.start || fragment || h.captured.length < h.size) return ChecksumStatus.UNVERIFIED;
  const right = icrc(h.frame.subarray(ip.start, h.start + crc));
  return right.every((octet, i) => octet === h.octets(crc, ICRC_LEN)[i]) ? ChecksumStatus.GOOD : ChecksumStatus.BAD;
}
