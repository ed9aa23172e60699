// pcap.ts -- classic capture files, draft-ietf-opsawg-pcap, sections 4 and 5.
//
//   file     magic u32 | major u16 | minor u16 | - | - | snaplen u32 | link u32
//   record   seconds u32 | fraction u32 | captured u32 | original u32 | bytes
//
// All fields are in the byte order that the magic is in.

/** File header. */
export enum PCAP { MAGIC = 0, MAJOR = 4, MINOR = 6, SNAPLEN = 16, LINK = 20, LEN = 24 }

/** What the first word says. KUZNETZOV: a Linux patch of the nineties with longer records. */
export enum PCAP_MAGIC { MICROSECONDS = 0xa1b2c3d4, NANOSECONDS = 0xa1b23c4d, KUZNETZOV = 0xa1b2cd34 }

/** The link word: type in the low 16 bits; FCS_WORDS counts 16-bit words, valid when HAS_FCS is set. */
export enum PCAP_LINK { TYPE_MASK = 0xffff, HAS_FCS = 0x04000000, FCS_SHIFT = 28 }

/** Record header. */
export enum PCAP_RECORD { SECONDS = 0, FRACTION = 4, CAPTURED = 8, ORIGINAL = 12, LEN = 16 }
