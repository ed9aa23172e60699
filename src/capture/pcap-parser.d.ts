declare module 'pcap-parser' {
  import { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';
  interface Header { timestampSeconds: number; timestampMicroseconds: number; capturedLength: number; originalLength: number }
  interface Parser extends EventEmitter {
    on(event: 'globalHeader', fn: (h: { snapshotLength: number; linkLayerType: number }) => void): this;
    on(event: 'packetHeader', fn: (h: Header) => void): this;
    on(event: 'packet', fn: (p: { header: Header; data: Buffer }) => void): this;
    on(event: 'end', fn: () => void): this;
    on(event: 'error', fn: (e: Error) => void): this;
  }
  const api: { parse(input: Readable): Parser };
  export default api;
}
