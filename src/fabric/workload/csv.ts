// csv.ts -- messages from a table: a header with the columns start, src, dst and
// bytes in any order, then a line each. Hosts by name; times and sizes with
// their units, `bytes` also as a bare number.
//
//   start,src,dst,bytes
//   0us,host1,host5,1MB

import { parseSize, parseTime, QuantityError } from '../../switch/quantity.ts';
import type { TextFile, Word } from '../text_file.ts';
import type { Work } from './kind.ts';

const COLUMNS = ['start', 'src', 'dst', 'bytes'] as const;

export const csv: Work = {
  needs: ['file'],
  knows: [],
  make({ config, read, topology }, script) {
    const file = read.text(config.file!), names = new Map(topology.devices.slice(0, topology.hosts).map((d, i) => [d.name, i])), [header, ...rows] = [...file.words(/(?<=^|,)[^,]*/g)];
    const at = header ? COLUMNS.map(name => header.findIndex(w => w.text === name)) : [];
    const missing = COLUMNS.find((_, i) => (at[i] ?? -1) < 0);
    if (missing) file.refuse(header?.[0] ?? { text: '', line: 1, column: 1 }, `no column "${missing}": expected a header with ${COLUMNS.join(',')}`);
    for (const row of rows) {
      if (row.length !== header!.length) file.refuse(row[0]!, `${row.length} columns, the header has ${header!.length}`);
      const [start, src, dst, bytes] = at.map(i => row[i]!) as [Word, Word, Word, Word], host = (w: Word) => names.get(w.text) ?? file.refuse(w, `no host "${w.text}" in this fabric`);
      const from = host(src), to = host(dst), size = quantity(file, bytes, text => parseSize(/^\d+$/.test(text) ? `${text}B` : text));
      script.send(from, to, size, [], quantity(file, start, parseTime));
    }
    return undefined;
  },
};

function quantity(file: TextFile, word: Word, parse: (text: string) => bigint): number {
  try {
    return Number(parse(word.text));
  } catch (e) {
    if (!(e instanceof QuantityError)) throw e;
    return file.refuse(word, e.message);
  }
}
