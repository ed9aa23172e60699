// pcapng.ts -- pcapng blocks, draft-ietf-opsawg-pcapng, sections 3 and 4.
//
//   block    type u32 | total length u32 | body, padded to 4 | total length u32
//   option   code u16 | length u16 | value, padded to 4
//
// All fields are in the byte order of the section's header. Offsets count from
// the first byte of the block.

export enum PCAPNG { TYPE = 0, LENGTH = 4, BODY = 8, TRAILER_LEN = 4, LEN_MIN = 12 }

export enum PCAPNG_BLOCK { INTERFACE = 1, PACKET = 2, SIMPLE_PACKET = 3, STATISTICS = 5, ENHANCED_PACKET = 6, SECTION = 0x0a0d0d0a }

/** Section header: the byte order magic reads 0x1a2b3c4d in the section's order. */
export enum PCAPNG_SHB { MAGIC = 8, MAJOR = 12, MINOR = 14, SECTION_LENGTH = 16, OPTIONS = 24, LEN_MIN = 28 }
export const PCAPNG_BYTE_ORDER = 0x1a2b3c4d;

/** Interface description. */
export enum PCAPNG_IDB { LINK = 8, SNAPLEN = 12, OPTIONS = 16, LEN_MIN = 20 }

/** Enhanced packet; the stamp is two words, high first. */
export enum PCAPNG_EPB { INTERFACE = 8, STAMP = 12, CAPTURED = 20, ORIGINAL = 24, DATA = 28, LEN_MIN = 32 }

/** Packet, obsolete: the interface has 16 bits. */
export enum PCAPNG_PB { INTERFACE = 8, STAMP = 12, CAPTURED = 20, ORIGINAL = 24, DATA = 28, LEN_MIN = 32 }

/** Simple packet: interface 0, no stamp. */
export enum PCAPNG_SPB { ORIGINAL = 8, DATA = 12, LEN_MIN = 16 }

/** Interface statistics. */
export enum PCAPNG_ISB { INTERFACE = 8, STAMP = 12, OPTIONS = 20 }

export enum PCAPNG_OPTION {
  END = 0,
  COMMENT = 1,
  SHB_USERAPPL = 4,
  IF_NAME = 2,
  IF_DESCRIPTION = 3,
  IF_SPEED = 8,
  IF_TSRESOL = 9,
  IF_FCSLEN = 13,
  IF_TSOFFSET = 14,
  EPB_FLAGS = 2,
  EPB_PACKETID = 5,
  ISB_STARTTIME = 2,
  ISB_ENDTIME = 3,
  ISB_IFRECV = 4,
  ISB_IFDROP = 5,
  ISB_USRDELIV = 8,
}

/** epb_flags: direction in the two low bits. */
export enum PCAPNG_DIRECTION { IN = 1, OUT = 2 }
