// frames.ts -- descriptors of a simulation as the frames that they stand for:
// RoCEv2 over IPv4, and PFC.
//
// Every data packet is a WRITE of its own (opcode RDMA WRITE ONLY, its RETH
// says where its payload goes): so it can be placed in whatever order it comes.
// Payload is zeros. Ports have the addresses 02:00:<number>; port p of host h
// has 10.0.0.0/8 + h * planes + p + 1. DSCP is the priority's class selector,
// every packet is ECN-capable, TTL counts switches, the queue pair is the flow's.

import { Flow, PFC_BYTES, SimPacketFlag, SimPacketKind, SimPort } from '../../assembly/abi/sim.ts';
import { TraceKind, TraceRecord } from '../../assembly/abi/sim_trace.ts';
import { ETH, ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP4, IP4_FRAGMENT, IP4_VERSION_IHL_PLAIN } from '../../assembly/wire/ip4.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { MAC_CONTROL_OPCODE, PFC } from '../../assembly/wire/mac_control.ts';
import { AETH, AETH_NAK, AETH_SYNDROME, BTH, BTH_BIT, BTH_OPCODE, ICRC_LEN, P_KEY_DEFAULT, RETH } from '../../assembly/wire/roce.ts';
import { UDP, UDP_PORT } from '../../assembly/wire/udp.ts';
import type { Simulation } from './simulation.ts';

/** Low five bits of an ACK's syndrome: no credits are counted (InfiniBand volume 1, 9.7.7.2.5). */
const NO_CREDITS = 0x1f;
const ECT_0 = 2, CE = 3, CLASS_SELECTOR_SHIFT = 5, TTL = 64;
/** Source ports of RoCEv2 carry entropy, 0xc000 and above. */
const ENTROPY_PORT = 0xc000, ENTROPY_MASK = 0x3fff;
/** Queue pairs 0 and 1 are for management. */
const FIRST_QP = 2;
const MASK_24 = 0xffffff;
/** Quanta of a PFC frame that stops, until one that lets go on comes. */
const QUANTA = 0xffff;
const L3 = ETH.LEN, L4 = L3 + IP4.LEN, TRANSPORT = L4 + UDP.LEN, EXTENDED = TRANSPORT + BTH.LEN;

export class Frames {
  readonly #tables: number;

  constructor(readonly sim: Simulation) {
    const { k } = sim;
    this.#tables = k.alloc(k.fn['crc32_sizeof']!(), 'CRC tables');
    k.fn['crc32_init']!(this.#tables);
  }

  /**
   * Write the frame of a record.
   * @param record address of a TraceRecord that is SENT or ARRIVED
   * @param at     zeroed room for it
   * @returns bytes; up to 3 more than the simulation counts, for InfiniBand pads payload to words
   */
  write(record: number, at: number): number {
    const { view } = this.sim.k, kind: SimPacketKind = view.getUint8(record + TraceRecord.PACKET_KIND), port = view.getUint32(record + TraceRecord.PORT, true);
    const peer = view.getUint32(this.sim.portRecord(port) + SimPort.PEER, true), [from, to] = view.getUint8(record + TraceRecord.KIND) === TraceKind.SENT ? [port, peer] : [peer, port];
    this.#mac(at + ETH.SRC, from);
    if (kind === SimPacketKind.PFC) return this.#pfc(record, at);
    this.#mac(at + ETH.DST, to);
    return this.#roce(record, at, kind);
  }

  #mac(at: number, port: number): void {
    this.sim.k.view.setUint16(at, 0x0200);
    this.sim.k.view.setUint32(at + 2, port);
  }

  #pfc(record: number, at: number): number {
    const { view } = this.sim.k, priority = view.getUint32(record + TraceRecord.PSN, true), stop = view.getUint32(record + TraceRecord.FLOW, true);
    view.setUint32(at + ETH.DST, 0x0180c200);
    view.setUint16(at + ETH.DST + 4, 0x0001);
    view.setUint16(at + ETH.ETHERTYPE, ETHERTYPE.FLOW_CONTROL);
    view.setUint16(at + ETH.LEN + PFC.OPCODE, MAC_CONTROL_OPCODE.PFC);
    view.setUint16(at + ETH.LEN + PFC.CLASS_ENABLE_VECTOR, 1 << priority);
    view.setUint16(at + ETH.LEN + PFC.TIME + priority * 2, stop ? QUANTA : 0);
    return PFC_BYTES;
  }

  #roce(record: number, at: number, kind: RoceKind): number {
    const { sim } = this, { view } = sim.k, u32 = (field: number) => view.getUint32(record + field, true);
    const m = u32(TraceRecord.FLOW), flow = sim.flowRecord(m), flags = view.getUint8(record + TraceRecord.FLAGS), counted = view.getUint16(record + TraceRecord.BYTES, true);
    const data = kind === SimPacketKind.DATA, payload = data ? counted - EXTENDED - RETH.LEN - ICRC_LEN : 0, pad = -payload & 3, bytes = counted + pad;
    const { planes } = sim.model.topology, to = u32(TraceRecord.TO), sender = view.getUint32(flow + (data ? Flow.SRC : Flow.DST), true), from = sender * planes + to % planes;
    view.setUint16(at + ETH.ETHERTYPE, ETHERTYPE.IPV4);
    this.#ip(at + L3, bytes - L3, view.getUint8(record + TraceRecord.PRIORITY) << CLASS_SELECTOR_SHIFT | (flags & SimPacketFlag.CE && data ? CE : ECT_0), TTL - view.getUint8(record + TraceRecord.HOPS), from, to);
    view.setUint16(at + L4 + UDP.SRC_PORT, ENTROPY_PORT | (view.getUint32(flow + Flow.ENTROPY, true) & ENTROPY_MASK));
    view.setUint16(at + L4 + UDP.DST_PORT, UDP_PORT.ROCE_V2);
    view.setUint16(at + L4 + UDP.LENGTH, bytes - L4);
    const bth = at + TRANSPORT, psn = u32(TraceRecord.PSN);
    view.setUint8(bth + BTH.OPCODE, OPCODE[kind]);
    view.setUint8(bth + BTH.SE_M_PAD_TVER, BTH_BIT.MIG_REQ | pad << BTH_BIT.PAD_SHIFT);
    view.setUint16(bth + BTH.P_KEY, P_KEY_DEFAULT);
    view.setUint32(bth + BTH.FECN_BECN, (m + FIRST_QP) & MASK_24);
    if (kind === SimPacketKind.CNP) view.setUint8(bth + BTH.FECN_BECN, BTH_BIT.BECN);
    view.setUint32(bth + BTH.ACK_REQ, sequence(kind, psn));
    if (data && flags & SimPacketFlag.LAST) view.setUint8(bth + BTH.ACK_REQ, BTH_BIT.ACK_REQ);
    const ext = at + EXTENDED;
    if (data) {
      view.setBigUint64(ext + RETH.VIRTUAL_ADDRESS, BigInt(psn) * BigInt(view.getUint32(flow + Flow.PAYLOAD, true)));
      view.setUint32(ext + RETH.R_KEY, m + 1);
      view.setUint32(ext + RETH.DMA_LENGTH, payload);
    } else if (kind !== SimPacketKind.CNP) {
      view.setUint32(ext, psn & MASK_24); // messages that are done: each packet is one
      view.setUint8(ext + AETH.SYNDROME, kind === SimPacketKind.NAK ? AETH_SYNDROME.NAK | AETH_NAK.PSN_SEQUENCE : AETH_SYNDROME.ACK | NO_CREDITS);
    }
    sim.k.fn['icrcRepair']!(this.#tables, at + L3, bytes - L3);
    return bytes;
  }

  /** @param bytes header and payload @param from @param to numbers of endpoints */
  #ip(at: number, bytes: number, tos: number, ttl: number, from: number, to: number): void {
    const { view } = this.sim.k;
    view.setUint8(at + IP4.VERSION_IHL, IP4_VERSION_IHL_PLAIN);
    view.setUint8(at + IP4.TOS, tos);
    view.setUint16(at + IP4.TOTAL_LENGTH, bytes);
    view.setUint16(at + IP4.FLAGS_OFFSET, IP4_FRAGMENT.DF);
    view.setUint8(at + IP4.TTL, ttl);
    view.setUint8(at + IP4.PROTOCOL, IP_PROTOCOL.UDP);
    view.setUint32(at + IP4.SRC, endpointAddress(from));
    view.setUint32(at + IP4.DST, endpointAddress(to));
    let sum = 0;
    for (let i = 0; i < IP4.LEN; i += 2) sum += view.getUint16(at + i);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(at + IP4.CHECKSUM, ~(sum + (sum >>> 16)));
  }
}

type RoceKind = Exclude<SimPacketKind, SimPacketKind.PFC>;
const OPCODE: Record<RoceKind, BTH_OPCODE> = {
  [SimPacketKind.DATA]: BTH_OPCODE.RC_WRITE_ONLY, [SimPacketKind.ACK]: BTH_OPCODE.RC_ACKNOWLEDGE, [SimPacketKind.NAK]: BTH_OPCODE.RC_ACKNOWLEDGE,
  [SimPacketKind.CNP]: BTH_OPCODE.CNP,
};

/** An ACK names the last packet that is there, a NAK the first that is not; a CNP none. */
function sequence(kind: RoceKind, psn: number): number {
  if (kind === SimPacketKind.CNP) return 0;
  return (kind === SimPacketKind.ACK ? psn - 1 : psn) & MASK_24;
}

const endpointAddress = (n: number): number => (0x0a000001 + n) >>> 0;
