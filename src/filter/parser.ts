// parser.ts -- tokens to a tree, by recursive descent.
//
//   expression = unit { ("and" | "or") unit }           one precedence, to the left
//   unit       = "not" unit | value relop value | primitive | "(" expression ")"
//              | operand                                with the qualifier of the test before it
//   primitive  = head operands | proto | [proto] ("broadcast" | "multicast")
//              | ("less" | "greater") number | ("vlan" | "mpls") [number]
//   head       = [proto] [direction] [kind]
//   operands   = operand | "not" operands | "(" operands { ("and" | "or") operands } ")"
//
// A parenthesis may hold a value, an expression or operands. Which one shows
// only behind it, so all three come from unit() and the caller asks for a test.

import { prefixMask } from './address.ts';
import type { Comparison, Direction, Expression, Link, Operand, Operator, Primitive, Qualifier, Value } from './ast.ts';
import { FilterError } from './error.ts';
import { type Token, tokens } from './lexer.ts';
import { ETHERTYPES, PROTOCOLS } from './names.ts';

/** A value, or a test and the qualifier that the next bare operand inherits. */
type Unit = { readonly value: Value } | { readonly test: Expression; readonly gives: Qualifier | undefined };

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['>', '>=', '=', '<', '<=', '!=']);
const KINDS: ReadonlySet<string> = new Set<Qualifier['kind'] & string>(['host', 'net', 'port', 'portrange', 'proto']);
const DIRECTIONS: ReadonlySet<string> = new Set<Direction>(['src', 'dst']);

/**
 * How tightly operators bind. libpcap's grammar gives `^` and `%` no level: they
 * take the operand before them and all that follows, so 1 ^ 2 + 3 is 1 ^ (2 + 3).
 */
const LEVEL: ReadonlyMap<string, number> = new Map([['|', 1], ['&', 2], ['<<', 3], ['>>', 3], ['+', 4], ['-', 4], ['*', 5], ['/', 5], ['^', 7], ['%', 7]]);
const GREEDY = 7;
/** Level of the operand of a unary minus: above all but the greedy ones. */
const UNARY = 6;

/** Nested parentheses, indexes and signs; operators in one value. Enough for people, short of the stack. */
const DEPTH_MAX = 200;

/**
 * @returns the tree, or undefined for an empty expression, which accepts everything
 * @throws FilterError
 */
export function parse(text: string): Expression | undefined {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokens(text);
  }

  parse(): Expression | undefined {
    if (this.#end()) return undefined;
    const { test } = this.#chain(undefined);
    if (!this.#end()) this.#refuse(`unexpected '${this.#peek().text}'`);
    return test;
  }

  // -- tokens

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)]!;
  }

  #next(): Token {
    const token = this.#peek();
    this.#position++;
    return token;
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.is === 'word' && token.text === text;
  }

  #end(): boolean {
    return this.#is('');
  }

  #take(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#position++;
    return found;
  }

  /** Consume the next token when it is a word of `set`. */
  #takeOf(set: { has(word: string): boolean }): string | undefined {
    const token = this.#peek();
    if (token.is !== 'word' || !set.has(token.text)) return undefined;
    this.#position++;
    return token.text;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#expected(`'${text}'`);
  }

  #refuse(reason: string, at = this.#peek().at): never {
    throw new FilterError(this.#text, at, reason);
  }

  #expected(what: string): never {
    return this.#refuse(`expected ${what}, got ${this.#end() ? 'the end' : `'${this.#peek().text}'`}`);
  }

  /** Run `part` one level deeper. */
  #nest<T>(part: () => T): T {
    if (++this.#depth > DEPTH_MAX) this.#refuse(`nested deeper than ${DEPTH_MAX} levels`);
    const result = part();
    this.#depth--;
    return result;
  }

  // -- logic

  #chain(inherited: Qualifier | undefined, unit = this.#unit(inherited)): { test: Expression; gives: Qualifier | undefined } {
    let { test: first, gives } = this.#test(unit, inherited);
    const rest: Link<Primitive>[] = [];
    for (let op = this.#logical(); op; op = this.#logical()) {
      const next = this.#test(this.#unit(gives), gives);
      rest.push({ op, of: next.test });
      gives = next.gives;
    }
    return { test: rest.length > 0 ? { is: 'chain', first, rest } : first, gives };
  }

  #logical(): 'and' | 'or' | undefined {
    return this.#take('and') ? 'and' : this.#take('or') ? 'or' : undefined;
  }

  #unit(inherited: Qualifier | undefined): Unit {
    if (this.#take('not')) {
      const { test, gives } = this.#nest(() => this.#test(this.#unit(inherited), inherited));
      return { test: { is: 'not', of: test }, gives };
    }
    const left = this.#arithmetic(0, inherited);
    const { at } = this.#peek();
    const op = 'value' in left ? this.#takeOf(COMPARISONS) as Comparison | undefined : undefined;
    if (!op || !('value' in left)) return left;
    return { test: { is: 'relation', at, op, left: left.value, right: this.#value(0) }, gives: undefined };
  }

  /** A bare number is an operand of the qualifier before it; any other value wants a comparison. */
  #test(unit: Unit, inherited: Qualifier | undefined): { test: Expression; gives: Qualifier | undefined } {
    if ('test' in unit) return unit;
    const operand = asOperand(unit.value, inherited);
    if (!operand) return this.#expected('a comparison such as = or >');
    return this.#match(operand, inherited, unit.value.at);
  }

  #match(operand: Operand, qualifier: Qualifier | undefined, at: number): { test: Expression; gives: Qualifier } {
    if (!qualifier) return this.#refuse("an operand needs a qualifier before it, such as 'host', 'net' or 'port'", at);
    return { test: { is: 'match', at, qualifier, operand }, gives: qualifier };
  }

  // -- values

  /** A value that holds operators of level `min` and up, or whatever test stands there instead. */
  #arithmetic(min: number, inherited: Qualifier | undefined): Unit {
    const first = this.#primary(inherited);
    if (!('value' in first)) return first;
    let left = first.value;
    for (let count = 0; ; count++) {
      const { at, text, is } = this.#peek(), level = is === 'word' ? LEVEL.get(text) : undefined;
      if (level === undefined || level < min) return { value: left };
      if (count === DEPTH_MAX) this.#refuse(`more than ${DEPTH_MAX} operators in one value`);
      this.#position++;
      const right = this.#nest(() => this.#value(level === GREEDY ? 0 : level + 1));
      left = { is: 'binary', at, op: text as Operator, left, right };
    }
  }

  #value(min: number): Value {
    const { at } = this.#peek(), unit = this.#arithmetic(min, undefined);
    return 'value' in unit ? unit.value : this.#refuse('expected a value, got a test', at);
  }

  #primary(inherited: Qualifier | undefined): Unit {
    const token = this.#peek(), { at } = token;
    if (token.is === 'number') {
      this.#position++;
      return { value: { is: 'number', at, value: token.value } };
    }
    if (token.is !== 'word') return this.#match(this.#operand(inherited), inherited, at);
    if (this.#take('len')) return { value: { is: 'len', at } };
    if (this.#take('-')) return { value: { is: 'negate', at, of: this.#nest(() => this.#value(UNARY)) } };
    if (this.#take('(')) return this.#nest(() => this.#parenthesis(inherited));
    return this.#primitive(at);
  }

  #parenthesis(inherited: Qualifier | undefined): Unit {
    const unit = this.#unit(inherited);
    const inside: Unit = 'value' in unit && this.#is(')') ? unit : { test: this.#chain(inherited, unit).test, gives: inherited };
    this.#expect(')');
    return inside;
  }

  /** `ip[2:2]` behind its `[`. */
  #load(proto: string, at: number): Unit {
    const index = this.#nest(() => this.#value(0));
    const where = this.#peek(1).at, size = this.#take(':') ? this.#number('a size of 1, 2 or 4') : 1;
    if (size !== 1 && size !== 2 && size !== 4) return this.#refuse(`a size is 1, 2 or 4 bytes, not ${size}`, where);
    this.#expect(']');
    return { value: { is: 'load', at, proto, index, size } };
  }

  #number(what: string): number {
    const token = this.#peek();
    if (token.is !== 'number') return this.#expected(what);
    this.#position++;
    return token.value;
  }

  // -- primitives

  #primitive(at: number): Unit {
    const shortest = this.#take('greater'), longest = !shortest && this.#take('less');
    if (shortest || longest) {
      const right: Value = { is: 'number', at: this.#peek().at, value: this.#number('a length in bytes') };
      return { test: { is: 'relation', at, op: shortest ? '>=' : '<=', left: { is: 'len', at }, right }, gives: undefined };
    }
    for (const is of ['vlan', 'mpls'] as const)
      if (this.#take(is)) return { test: { is, at, id: this.#tag() }, gives: undefined };
    const proto = this.#takeOf({ has: word => word === 'ether' || ETHERTYPES.has(word) || PROTOCOLS.has(word) });
    if (proto && this.#take('[')) return this.#load(proto, at);
    for (const is of ['broadcast', 'multicast'] as const)
      if (this.#take(is)) return { test: { is, at, proto }, gives: undefined };
    const direction = this.#direction();
    const kind = direction && this.#is('proto') ? undefined : this.#takeOf(KINDS) as Qualifier['kind'];
    if (direction || kind) return this.#operands({ proto, direction, kind });
    return proto ? { test: { is: 'proto', at, proto }, gives: undefined } : this.#expected('a test');
  }

  /** The number behind `vlan` or `mpls`, in parentheses or not; `vlan and ip` has none. */
  #tag(): number | undefined {
    if (this.#peek().is === 'number') return this.#number('a number');
    return this.#is('(') && this.#peek(1).is === 'number' && this.#is(')', 2) ? this.#tagInParentheses() : undefined;
  }

  #tagInParentheses(): number {
    this.#expect('(');
    const id = this.#number('a number');
    this.#expect(')');
    return id;
  }

  #direction(): Direction | undefined {
    const first = this.#takeOf(DIRECTIONS) as 'src' | 'dst' | undefined;
    const other = first === 'src' ? 'dst' : 'src';
    if (!first || !this.#is(other, 1) || !(this.#is('or') || this.#is('and'))) return first;
    const op = this.#next().text as 'or' | 'and';
    this.#position++;
    return `src ${op} dst`;
  }

  #operands(qualifier: Qualifier): { test: Expression; gives: Qualifier } {
    const { at } = this.#peek();
    if (this.#take('not')) return { test: { is: 'not', of: this.#nest(() => this.#operands(qualifier)).test }, gives: qualifier };
    if (!this.#take('(')) return this.#match(this.#operand(qualifier), qualifier, at);
    return this.#nest(() => {
      const first = this.#operands(qualifier).test, rest: Link<Primitive>[] = [];
      for (let op = this.#logical(); op; op = this.#logical()) rest.push({ op, of: this.#operands(qualifier).test });
      this.#expect(')');
      return { test: { is: 'chain', first, rest }, gives: qualifier };
    });
  }

  #operand(qualifier: Qualifier | undefined): Operand {
    const token = this.#peek(), { at } = token;
    if (token.is === 'word') return this.#expected(WANTED[qualifier?.kind ?? 'host']);
    this.#position++;
    switch (token.is) {
      case 'name': return { is: 'name', text: token.text };
      case 'mac': return token;
      case 'ip6': return { is: 'ip6', words: token.words, prefix: this.#take('/') ? this.#prefix(128) : undefined };
      case 'ip4': return { is: 'ip4', address: token.address, bits: token.bits, mask: this.#mask() };
      case 'number': {
        const short = qualifier?.kind === 'net' && (this.#is('/') || this.#is('mask'));
        if (!short) return { is: 'number', value: token.value };
        if (token.value > 255) this.#refuse(`expected the first byte of a network, got ${token.value}`, at);
        return { is: 'ip4', address: token.value * 2 ** 24, bits: 8, mask: this.#mask() };
      }
    }
  }

  #mask(): number | undefined {
    if (this.#take('/')) return prefixMask(this.#prefix(32));
    if (!this.#take('mask')) return undefined;
    const token = this.#peek();
    if (token.is !== 'ip4') return this.#expected('a mask such as 255.255.0.0');
    this.#position++;
    return token.address;
  }

  #prefix(bits: number): number {
    const { at } = this.#peek(), prefix = this.#number(`a prefix length from 0 to ${bits}`);
    return prefix <= bits ? prefix : this.#refuse(`a prefix length is from 0 to ${bits}`, at);
  }
}

const WANTED: Record<Qualifier['kind'] & string, string> = {
  host: 'an address', net: 'a network such as 10.0.0.0/8', port: 'a port', portrange: 'a range such as 6000-6008', proto: 'a protocol number or \\name',
};

/** `80` in `port 22 or 80`, `11/8` in `net 10/8 or 11/8`. */
function asOperand(value: Value, inherited: Qualifier | undefined): Operand | undefined {
  if (value.is === 'number') return { is: 'number', value: value.value };
  if (inherited?.kind !== 'net' || value.is !== 'binary' || value.op !== '/') return undefined;
  const { left, right } = value;
  if (left.is !== 'number' || right.is !== 'number' || left.value > 255 || right.value > 32) return undefined;
  return { is: 'ip4', address: left.value * 2 ** 24, bits: 8, mask: prefixMask(right.value) };
}
