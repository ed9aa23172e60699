// ast.ts -- what the parser hands to the compiler.

/**
 * Boolean structure over tests of type T. `and` and `or` bind alike and to the
 * left, so a chain is a list: its value so far, then each operator in turn.
 */
export type Logic<T> = T | Not<T> | Chain<T>;
export interface Not<T> { readonly is: 'not'; readonly of: Logic<T> }
export interface Chain<T> { readonly is: 'chain'; readonly first: Logic<T>; readonly rest: readonly Link<T>[] }
export interface Link<T> { readonly op: 'and' | 'or'; readonly of: Logic<T> }

export type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';

/** What stands in front of an operand; `tcp port 80 or 443` gives 443 the qualifier of 80. */
export interface Qualifier {
  readonly proto?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly kind?: 'host' | 'net' | 'port' | 'portrange' | 'proto' | undefined;
}

/** The operand of a qualifier. Addresses are numbers in host order. */
export type Operand =
  | { readonly is: 'number'; readonly value: number }
  /** `mask` is undefined when only the address was written, `bits` of it. */
  | { readonly is: 'ip4'; readonly address: number; readonly bits: number; readonly mask?: number | undefined }
  /** `prefix` is undefined when only the address was written. */
  | { readonly is: 'ip6'; readonly words: readonly number[]; readonly prefix?: number | undefined }
  | { readonly is: 'mac'; readonly bytes: readonly number[] }
  | { readonly is: 'name'; readonly text: string };

export type Comparison = '>' | '>=' | '=' | '<' | '<=' | '!=';
export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** A 32-bit unsigned value. `at` is a column. */
export type Value = { readonly at: number } & (
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'len' }
  | { readonly is: 'load'; readonly proto: string; readonly index: Value; readonly size: 1 | 2 | 4 }
  | { readonly is: 'negate'; readonly of: Value }
  | { readonly is: 'binary'; readonly op: Operator; readonly left: Value; readonly right: Value });

/** A test that the language names. `at` is a column. */
export type Primitive = { readonly at: number } & (
  | { readonly is: 'proto'; readonly proto: string }
  | { readonly is: 'match'; readonly qualifier: Qualifier; readonly operand: Operand }
  | { readonly is: 'broadcast' | 'multicast'; readonly proto: string | undefined }
  | { readonly is: 'vlan' | 'mpls'; readonly id: number | undefined }
  | { readonly is: 'relation'; readonly op: Comparison; readonly left: Value; readonly right: Value });

export type Expression = Logic<Primitive>;
