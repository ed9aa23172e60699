// link_types.ts -- which link types are read, and the names of others a user
// may meet, https://www.tcpdump.org/linktypes.html.

import { LINK_TYPE } from '../../assembly/wire/link_type.ts';

const NAMES = new Map<number, string>([
  [3, 'AX25'], [6, 'IEEE802_5'], [7, 'ARCNET_BSD'], [8, 'SLIP'], [9, 'PPP'], [10, 'FDDI'], [50, 'PPP_HDLC'], [51, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'], [104, 'C_HDLC'], [105, 'IEEE802_11'], [107, 'FRELAY'], [114, 'LTALK'], [117, 'PFLOG'],
  [119, 'IEEE802_11_PRISM'], [122, 'IP_OVER_FC'], [127, 'IEEE802_11_RADIOTAP'], [129, 'ARCNET_LINUX'], [138, 'APPLE_IP_OVER_IEEE1394'],
  [143, 'DOCSIS'], [144, 'LINUX_IRDA'], [147, 'USER0'], [163, 'IEEE802_11_AVS'], [166, 'PPP_PPPD'], [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'], [192, 'PPI'], [195, 'IEEE802_15_4_WITHFCS'], [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'], [204, 'PPP_WITH_DIR'],
  [220, 'USB_LINUX_MMAPPED'], [224, 'FC_2'], [227, 'CAN_SOCKETCAN'], [230, 'IEEE802_15_4_NOFCS'], [231, 'DBUS'],
  [239, 'NFLOG'], [240, 'NETANALYZER'], [242, 'IPOIB'], [247, 'INFINIBAND'], [249, 'USBPCAP'], [251, 'BLUETOOTH_LE_LL'],
  [252, 'WIRESHARK_UPPER_PDU'], [253, 'NETLINK'], [258, 'PKTAP'], [266, 'USB_DARWIN'], [271, 'VSOCK'], [272, 'NORDIC_BLE'], [274, 'ETHERNET_MPACKET'],
]);

export const readable = (link: number): boolean => LINK_TYPE[link] !== undefined;

/** Number and, where it has one, name. */
export function linkName(link: number): string {
  const name = LINK_TYPE[link] ?? NAMES.get(link);
  return name ? `${link} (${name})` : String(link);
}
