import { AETH, ATOMIC_ACK_ETH, ATOMIC_ETH, BTH, DETH, IETH, IMM_DT, RETH } from '../../assembly/wire/roce.ts';
import { field, Header, octets } from './header.ts';

/** InfiniBand base transport header. */
export const bth = new Header('bth', BTH.LEN, [
  field('opcode', BTH.OPCODE, 8),
  field('se', BTH.SE_M_PAD_TVER, 1),
  field('m', BTH.SE_M_PAD_TVER, 1, 1),
  field('pad', BTH.SE_M_PAD_TVER, 2, 2),
  field('tver', BTH.SE_M_PAD_TVER, 4, 4),
  field('p_key', BTH.P_KEY, 16),
  field('fecn', BTH.FECN_BECN, 1),
  field('becn', BTH.FECN_BECN, 1, 1),
  field('resv6', BTH.FECN_BECN, 6, 2),
  field('dest_qp', BTH.DEST_QP, 24),
  field('a', BTH.ACK_REQ, 1),
  field('resv7', BTH.ACK_REQ, 7, 1),
  field('psn', BTH.PSN, 24),
]);

/** RDMA extended transport header. */
export const reth = new Header('reth', RETH.LEN, [
  octets('virtual_address', RETH.VIRTUAL_ADDRESS, 8),
  field('r_key', RETH.R_KEY, 32),
  field('dma_length', RETH.DMA_LENGTH, 32),
]);

/** ACK extended transport header. */
export const aeth = new Header('aeth', AETH.LEN, [
  field('syndrome', AETH.SYNDROME, 8),
  field('msn', AETH.MSN, 24),
]);

/** Atomic extended transport header. */
export const atomicEth = new Header('atomiceth', ATOMIC_ETH.LEN, [
  octets('virtual_address', ATOMIC_ETH.VIRTUAL_ADDRESS, 8),
  field('r_key', ATOMIC_ETH.R_KEY, 32),
  octets('swap_or_add', ATOMIC_ETH.SWAP_OR_ADD, 8),
  octets('compare', ATOMIC_ETH.COMPARE, 8),
]);

/** Atomic ACK extended transport header. */
export const atomicAckEth = new Header('atomicacketh', ATOMIC_ACK_ETH.LEN, [octets('original', ATOMIC_ACK_ETH.ORIGINAL, 8)]);

/** Datagram extended transport header. */
export const deth = new Header('deth', DETH.LEN, [
  field('q_key', DETH.Q_KEY, 32),
  field('reserved', DETH.RESERVED, 8),
  field('src_qp', DETH.SRC_QP, 24),
]);

/** Immediate data. */
export const immDt = new Header('immdt', IMM_DT.LEN, [field('immediate', IMM_DT.IMMEDIATE, 32)]);

/** Invalidate extended transport header. */
export const ieth = new Header('ieth', IETH.LEN, [field('invalidated_r_key', IETH.R_KEY, 32)]);
