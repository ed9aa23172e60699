// file.ts -- a switch file: YAML text, and where each of its values stands, so
// that an error or a table entry can be shown with line and column.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import validate, { type SchemaError } from '../../build/switch_schema.mjs';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import { nearest } from './nearest.ts';

/** Keys and indexes from the top of the file to a value. */
export type Path = readonly (string | number)[];

/** A place in a file, both from 1. */
export interface Position { readonly file: string; readonly line: number; readonly column: number }

/** `router.yaml:12:5`. */
export const formatPosition = (p: Position): string => `${p.file}:${p.line}:${p.column}`;

/** A fault in a switch file: one message a fault, each with position and excerpt. */
export class ConfigError extends WeftError {
  override name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(EXIT.usage, faults.join('\n'));
  }
}

export class SwitchFile {
  /** The parsed value; its shape is what the schema says. */
  readonly value: unknown;
  readonly #doc;
  readonly #lines = new LineCounter();

  /**
   * @param name path as the user gave it, for messages and for files it names
   * @throws ConfigError on YAML that does not parse or does not fit the schema
   */
  constructor(readonly name: string, readonly text: string) {
    this.#doc = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true, stringKeys: true });
    if (this.#doc.errors.length > 0)
      throw new ConfigError(this.#doc.errors.map(e => this.#message(e.pos, e.message.split('\n')[0]!)));
    this.value = this.#doc.toJS() ?? {};
    if (!validate(this.value)) throw new ConfigError(this.#schemaFaults(validate.errors ?? []));
  }

  static read(path: string): SwitchFile {
    return new SwitchFile(path, readText(path));
  }

  /** Where the value at `path` (or its key) stands. */
  position(path: Path, key = false): Position {
    const { line, col } = this.#lines.linePos(this.#range(path, key)[0]);
    return { file: this.name, line, column: col };
  }

  /** A fault at a value: `file:line:col: where: message`, then the line with a caret. */
  fault(path: Path, message: string, key = false): string {
    return this.#message(this.#range(path, key), path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }

  /** Path of a file named in this one. */
  resolve(name: string): string {
    return resolve(dirname(this.name), name);
  }

  #range(path: Path, key: boolean): [number, number] {
    for (let p = [...path]; ; p.pop()) {
      const parent = p.length === 0 ? undefined : this.#doc.getIn(p.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find(i => isScalar(i.key) && String(i.key.value) === String(p.at(-1))) : undefined;
      const node = (key && pair ? pair.key : this.#doc.getIn(p, true)) as Node | undefined;
      const range = node?.range ?? (pair?.key as Node | undefined)?.range;
      if (range) return [range[0], range[1]];
      if (p.length === 0) return [0, 0];
    }
  }

  #message([from, to]: readonly [number, number], message: string): string {
    const { line, col } = this.#lines.linePos(from);
    const source = this.text.split('\n')[line - 1] ?? '', number = String(line).padStart(5);
    const width = Math.max(1, Math.min(to - from, source.length - col + 1));
    return `${this.name}:${line}:${col}: ${message}\n${number} | ${source}\n${' '.repeat(5)} | ${' '.repeat(col - 1)}${'^'.repeat(width)}`;
  }

  /** The deepest faults, one a place: what a `oneOf` says of its branches is noise beside them. */
  #schemaFaults(errors: readonly SchemaError[]): string[] {
    const real = errors.filter(e => !['oneOf', 'if', 'anyOf'].includes(e.keyword) || !errors.some(o => o !== e && o.instancePath.startsWith(e.instancePath)));
    const depth = (e: SchemaError) => e.instancePath.split('/').length;
    const seen = new Map<string, SchemaError>();
    for (const e of real.sort((a, b) => depth(b) - depth(a))) {
      const place = e.instancePath + (e.keyword === 'additionalProperties' ? '/' + String(e.params['additionalProperty']) : '');
      if (![...seen.keys()].some(s => s === place || s.startsWith(place + '/'))) seen.set(place, e);
    }
    return [...seen.values()].map(e => this.#schemaFault(e));
  }

  #schemaFault(e: SchemaError): string {
    const path = e.instancePath.split('/').slice(1).map(s => decodeURIComponent(s.replace(/~1/g, '/').replace(/~0/g, '~')));
    if (e.keyword === 'additionalProperties') {
      const key = String(e.params['additionalProperty']), known = Object.keys(e.parentSchema?.properties ?? {});
      const guess = nearest(key, known);
      return this.fault([...path, key], `unknown key${guess ? `, do you mean "${guess}"?` : `: expected one of ${known.join(', ')}`}`, true);
    }
    const expected = e.parentSchema?.description ? `${e.message} (${e.parentSchema.description})` : e.message;
    if (e.keyword === 'enum') return this.fault(path, `${show(e.data)}: expected one of ${(e.params['allowedValues'] as unknown[]).map(String).join(', ')}`);
    if (e.keyword === 'required') return this.fault(path, `lacks "${String(e.params['missingProperty'])}"`);
    return this.fault(path, `${show(e.data)}: ${expected}`);
  }
}

/** @throws WeftError (input) naming the file */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (e) {
    throw new WeftError(EXIT.usage, `${path}: ${systemWords(e)}`);
  }
}

const show = (v: unknown): string => {
  const text = JSON.stringify(v) ?? 'nothing';
  return text.length > 60 ? text.slice(0, 57) + '...' : text;
};
