// libpcap.ts -- the judge from outside: libpcap's own compiler and interpreter.

import koffi from 'koffi';

/** Why libpcap cannot be asked, or what it decides. */
export type Libpcap = { readonly absent: string } | {
  readonly absent?: undefined;
  /** @returns the decision for a frame, or the reason why the expression is refused */
  compile(expression: string, optimize: boolean): ((frame: Uint8Array, wirelen: number) => boolean) | string;
  /** Its rules for programs. */
  valid(program: Uint8Array): boolean;
  /** Its interpreter: bytes to accept, 0 to reject. The program must store to M before it loads. */
  run(program: Uint8Array, frame: Uint8Array, wirelen: number): number;
};

const DLT_EN10MB = 1, SNAPLEN = 262144;
/** As tcpdump -r has it: no netmask is known. */
const NETMASK = 0;

export function libpcap(): Libpcap {
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load('libpcap.so.0.8');
  } catch (error) {
    return { absent: `libpcap.so.0.8 cannot be loaded: ${(error as Error).message}` };
  }
  const open = library.func('void *pcap_open_dead(int, int)'), why = library.func('const char *pcap_geterr(void *)');
  const compile = library.func('int pcap_compile(void *, uint8_t *, const char *, int, uint32_t)');
  const run = library.func('int pcap_offline_filter(uint8_t *, uint8_t *, uint8_t *)');
  const validate = library.func('int bpf_validate(uint8_t *, int)'), filter = library.func('uint32_t bpf_filter(uint8_t *, uint8_t *, uint32_t, uint32_t)');
  const pcap = open(DLT_EN10MB, SNAPLEN), header = Buffer.alloc(24);
  return {
    compile(expression, optimize) {
      const program = Buffer.alloc(16); // struct bpf_program: u32 length, pointer; its code lives as long as the process
      if (compile(pcap, program, expression, Number(optimize), NETMASK) !== 0) return String(why(pcap));
      return (frame, wirelen) => {
        header.writeUInt32LE(frame.length, 16); // struct pcap_pkthdr: timeval, caplen, len
        header.writeUInt32LE(wirelen, 20);
        return run(program, header, frame) !== 0;
      };
    },
    valid: program => validate(program, program.length / 8) !== 0,
    run: (program, frame, wirelen) => filter(program, frame, wirelen, frame.length) as number,
  };
}
