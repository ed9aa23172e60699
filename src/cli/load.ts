// load.ts -- a switch file into memory, with as much of it as it takes.

import { OutOfMemory } from '../kernel/arena.ts';
import { EXIT } from '../kernel/errors.ts';
import { loadKernels } from '../kernel/load.ts';
import { SwitchFile } from '../switch/file.ts';
import { Network } from '../switch/network.ts';

/** Reserved unless --memory says otherwise: what nearly every switch fits, then all that can be addressed. Only what is used gets touched. */
const MEMORIES = [2 ** 30, 4 * 2 ** 30];
/** What captures, filters and traces want beside the switches, bytes. */
const ROOM = 64 * 2 ** 20;

/**
 * The switches of a file, ready to run.
 * @param memory bytes to reserve; default: what they need
 * @throws WeftError: exit code 2 for what is wrong in the file or does not fit, 4 when the memory cannot be had
 */
export function loadNetwork(path: string, memory?: number): Network {
  const file = SwitchFile.read(path);
  if (memory !== undefined) return new Network(loadKernels({ memory }), file);
  for (const size of MEMORIES) {
    try {
      const network = new Network(loadKernels({ memory: size }), file);
      if (size - network.k.used >= ROOM) return network;
    } catch (e) {
      if (!(e instanceof OutOfMemory) || size === MEMORIES.at(-1)) throw e;
    }
  }
  throw new OutOfMemory(EXIT.usage, `${path} leaves less than ${ROOM / 2 ** 20} MiB of 4 GiB for packets`, 'divide it over several runs');
}
