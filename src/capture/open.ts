// open.ts -- captures by path, under Node.

import type { Kernels } from '../kernel/kernels.ts';
import { BlockReader } from './block_reader.ts';
import { openSource } from './files.ts';
import { openOutput } from './output.ts';
import type { CaptureReader, ReadOptions } from './reader.ts';
import { CaptureWriter, formatOf, type WriteOptions } from './writer.ts';

/**
 * Read a capture: pcap or pcapng, either perhaps in gzip, told by their bytes;
 * `-` is standard input.
 * @throws WeftError, exit code 3, when it cannot be opened. What is wrong
 *         inside it is CaptureReader.fault
 */
export const openCapture = (k: Kernels, path: string, options: ReadOptions = {}): CaptureReader =>
  new BlockReader(k, path, openSource(path), options);

/**
 * Write a capture, format by file name; `-` is standard output.
 * @throws WeftError, exit code 2, when it cannot be created
 */
export function createCapture(k: Kernels, path: string, options: WriteOptions): CaptureWriter {
  formatOf(path); // refuse a name before the file exists
  return new CaptureWriter(k, path, openOutput(path), options);
}
