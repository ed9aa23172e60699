// file.ts -- a YAML file that fits a schema, and where each of its values
// stands, so that an error or a table entry can be shown with line and column.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Alias, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import validateSwitch from '../../build/switch_schema.mjs';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import { nearest } from './nearest.ts';

/** Keys and indexes from the top of the file to a value. */
export type Path = readonly (string | number)[];

/** A place in a file, both from 1. */
export interface Position { readonly file: string; readonly line: number; readonly column: number }

/** `router.yaml:12:5`. */
export const formatPosition = (p: Position): string => `${p.file}:${p.line}:${p.column}`;

/** Faults that a message lists; ConfigError.faults has all. */
const FAULTS_MAX = 20;
/** Values that aliases of aliases may stand for, as the yaml package counts them. */
const ALIASES_MAX = 10_000;
/** `file:line:column: message`, then the line with a caret below `width` of its characters. */
export function excerpt({ file, line, column }: Position, message: string, text: string, width: number): string {
  const skipped = column > EXCERPT ? column - EXCERPT / 2 : 0, number = String(line).padStart(5), at = column - skipped;
  // Control characters, tabs too, would move the caret or worse.
  const shown = text.slice(skipped, skipped + 2 * EXCERPT).replace(/\p{Cc}/gu, ' '), carets = Math.max(1, Math.min(width, shown.length - at + 1));
  return `${file}:${line}:${column}: ${message}\n${number} | ${shown}\n${' '.repeat(5)} | ${' '.repeat(at - 1)}${'^'.repeat(carets)}`;
}

/** Columns of a line that an excerpt shows without cutting its beginning. */
const EXCERPT = 120;

/** Faults in a file: one message a fault, each with position and excerpt. */
export class ConfigError extends WeftError {
  override name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(EXIT.usage, [...faults.slice(0, FAULTS_MAX), ...(faults.length > FAULTS_MAX ? [`and ${faults.length - FAULTS_MAX} faults more`] : [])].join('\n'));
  }
}

/** What a compiled schema says of a value that does not fit: ajv's error objects. */
export interface SchemaError {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
  message?: string;
  parentSchema?: { description?: string; properties?: Record<string, unknown> };
  data?: unknown;
}

/** What a compiled schema is. */
export interface Validate { (data: unknown): boolean; errors?: SchemaError[] | null }

export class YamlFile {
  /** The parsed value; its shape is what the schema says. */
  readonly value: unknown;
  readonly #doc;
  readonly #lines = new LineCounter();
  readonly #source: readonly string[];

  /**
   * @param name path as the user gave it, for messages and for files it names
   * @throws ConfigError on YAML that does not parse or does not fit the schema
   */
  constructor(readonly name: string, readonly text: string, validate: Validate) {
    this.#source = text.split('\n');
    this.#doc = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true, stringKeys: true });
    const { errors } = this.#doc;
    if (errors.length > 0) throw new ConfigError(errors.map(e => this.#message(e.pos, yamlWords(e.message))));
    this.value = this.#toJs() ?? {};
    if (!validate(this.value)) throw new ConfigError(this.#schemaFaults(validate.errors ?? []));
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

  /** The value; aliases that are unknown, or would make of a short file a huge value, are faults. */
  #toJs(): unknown {
    try {
      return this.#doc.toJS({ maxAliasCount: ALIASES_MAX });
    } catch (e) {
      if (!(e instanceof ReferenceError)) throw e;
      const aliases: Alias[] = [];
      visit(this.#doc, { Alias: (_, alias) => void aliases.push(alias) });
      const unknown = aliases.filter(a => !a.resolve(this.#doc)), [first] = unknown.length > 0 ? unknown : aliases;
      throw new ConfigError([this.#message(first!.range!, unknown.length > 0 ? `*${first!.source} stands for nothing: expected an anchor &${first!.source} before it` : `aliases of aliases stand for more than ${ALIASES_MAX} values`)]);
    }
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

  #message([from, to]: readonly number[], message: string): string {
    const { line, col } = this.#lines.linePos(from!);
    return excerpt({ file: this.name, line, column: col }, message, this.#source[line - 1] ?? '', to! - from!);
  }

  /** The deepest faults, one a place, in the order of the file: what a `oneOf` says of its branches is noise beside them. */
  #schemaFaults(errors: readonly SchemaError[]): string[] {
    const within = new Map<string, number>(), seen = new Map<string, SchemaError>(), above = new Set<string>();
    for (const e of errors) for (const path of upward(e.instancePath)) within.set(path, (within.get(path) ?? 0) + 1);
    const real = errors.filter(e => !['oneOf', 'if', 'anyOf'].includes(e.keyword) || within.get(e.instancePath) === 1);
    const depth = (e: SchemaError) => e.instancePath.split('/').length;
    for (const e of real.sort((a, b) => depth(b) - depth(a))) {
      const place = e.instancePath + (e.keyword === 'additionalProperties' ? `/${String(e.params['additionalProperty'])}` : '');
      if (seen.has(place) || above.has(place)) continue;
      seen.set(place, e);
      for (const path of upward(place).slice(1)) above.add(path);
    }
    return [...seen.values()].map(e => {
      const { path, message, key = false } = schemaFault(e);
      return { at: this.#range(path, key)[0], text: this.fault(path, message, key) };
    }).sort((a, b) => a.at - b.at).map(f => f.text);
  }
}

/** A switch file. */
export class SwitchFile extends YamlFile {
  constructor(name: string, text: string) {
    super(name, text, validateSwitch);
  }

  static read(path: string): SwitchFile {
    return new SwitchFile(path, readText(path));
  }
}

/** A JSON pointer and those of all that it is in. */
function upward(pointer: string): string[] {
  const all = [pointer];
  for (let up = pointer.lastIndexOf('/'); up >= 0; up = up === 0 ? -1 : pointer.lastIndexOf('/', up - 1)) all.push(pointer.slice(0, up));
  return all;
}

/** What is wrong where; `key`: with the key rather than its value. */
function schemaFault({ keyword, message, params, data, parentSchema, instancePath }: SchemaError): { path: Path; message: string; key?: boolean } {
  const path = instancePath.split('/').slice(1).map(s => s.replace(/~1/g, '/').replace(/~0/g, '~'));
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']), known = Object.keys(parentSchema?.properties ?? {}), guess = nearest(key, known);
    return { path: [...path, key], message: `unknown key${guess ? `, do you mean "${guess}"?` : `: expected one of ${known.join(', ')}`}`, key: true };
  }
  if (keyword === 'enum') return { path, message: `${show(data)}: expected one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}` };
  if (keyword === 'required') return { path, message: `lacks "${String(params['missingProperty'])}"` };
  return { path, message: `${show(data)}: ${parentSchema?.description ? `${message} (${parentSchema.description})` : message}` };
}

/** The YAML parser's words, and what helps where they do not. */
function yamlWords(message: string): string {
  const first = message.split('\n')[0]!;
  if (/reserved character @/.test(first)) return `${first}: put the value in quotes`;
  if (/multiple documents/.test(first)) return 'a second document: expected one; several switches go under `switches`';
  return first;
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
