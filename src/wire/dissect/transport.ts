// transport.ts -- TCP, UDP, SCTP, and ESP bare or in UDP.

import { IP_PROTOCOL } from '../../../assembly/wire/ip.ts';
import { ESP } from '../../../assembly/wire/ipsec.ts';
import { SCTP } from '../../../assembly/wire/sctp.ts';
import { TCP } from '../../../assembly/wire/tcp.ts';
import { UDP } from '../../../assembly/wire/udp.ts';
import { onesSum, pseudoSum } from '../checksum.ts';
import { ChecksumStatus, hex, type LayerReader, Link, type Protocol } from './layer.ts';

/** Whether the checksum over `length` octets of this layer and the pseudo-header is right. */
export function transportStatus(h: LayerReader, protocol: number, length: number): ChecksumStatus {
  const { addresses, fragment } = h.around;
  if (!addresses || fragment || h.captured.length < length) return ChecksumStatus.UNVERIFIED;
  return onesSum(h.octets(0, length), pseudoSum(addresses.src, addresses.dst, protocol, length)) === 0xffff ? ChecksumStatus.GOOD : ChecksumStatus.BAD;
}

export const tcp: Protocol = {
  name: 'tcp',
  read(h) {
    h.dec('tcp.srcport', TCP.SRC_PORT, 2);
    h.dec('tcp.dstport', TCP.DST_PORT, 2);
    h.dec('tcp.seq_raw', TCP.SEQUENCE, 4);
    h.dec('tcp.ack_raw', TCP.ACKNOWLEDGMENT, 4);
    const word = h.number(TCP.DATA_OFFSET, 2);
    h.length = (word >> 12) * 4;
    h.put('tcp.hdr_len', h.length);
    if (h.length < TCP.LEN) h.malformed();
    h.put('tcp.flags', hex(word & 0xfff, 4));
    h.dec('tcp.window_size_value', TCP.WINDOW, 2);
    h.hex('tcp.checksum', TCP.CHECKSUM, 2);
    h.put('tcp.checksum.status', transportStatus(h, IP_PROTOCOL.TCP, h.size));
    h.dec('tcp.urgent_pointer', TCP.URGENT_POINTER, 2);
    if (!h.around.fragment && !h.around.quoted) h.put('tcp.len', Math.max(0, h.size - h.length));
    h.bytes('tcp.options', TCP.LEN, h.length - TCP.LEN);
    return h.next('link', Link.DATA);
  },
};

export const udp: Protocol = {
  name: 'udp',
  read(h) {
    const from = h.dec('udp.srcport', UDP.SRC_PORT, 2);
    const to = h.dec('udp.dstport', UDP.DST_PORT, 2);
    h.length = UDP.LEN;
    const length = h.dec('udp.length', UDP.LENGTH, 2) || h.size; // 0: jumbogram, or segmentation left to the NIC
    if (length < UDP.LEN) h.malformed();
    const sum = h.hex('udp.checksum', UDP.CHECKSUM, 2);
    h.put('udp.checksum.status', sum === 0 ? ChecksumStatus.NOT_PRESENT : transportStatus(h, IP_PROTOCOL.UDP, length));
    return h.next('udp', [Math.min(from, to), Math.max(from, to)], h.start + length);
  },
};

export const sctp: Protocol = {
  name: 'sctp',
  read(h) {
    h.dec('sctp.srcport', SCTP.SRC_PORT, 2);
    h.dec('sctp.dstport', SCTP.DST_PORT, 2);
    h.hex('sctp.verification_tag', SCTP.VERIFICATION_TAG, 4);
    h.hex('sctp.checksum', SCTP.CHECKSUM, 4);
    h.length = SCTP.LEN;
    return h.next('link', Link.DATA);
  },
};

export const esp: Protocol = {
  name: 'esp',
  read(h) {
    h.hex('esp.spi', ESP.SPI, 4);
    h.dec('esp.sequence', ESP.SEQUENCE, 4);
    h.length = ESP.LEN;
    return h.next('link', Link.DATA);
  },
};

/** RFC 3948: ESP, or IKE behind four zero octets, or a keepalive of one octet. */
export const udpencap: Protocol = {
  name: 'udpencap',
  read(h) {
    return h.next('link', h.size >= ESP.LEN && h.number(0, 4) !== 0 ? Link.ESP : Link.DATA);
  },
};
