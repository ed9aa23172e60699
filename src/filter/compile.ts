// compile.ts -- an expression to the conditions it stands for. Conditions are
// made in the order of the text, since vlan and mpls move what comes after.

import type { Expression, Primitive } from './ast.ts';
import { type Condition, not } from './condition.ts';
import { FilterError } from './error.ts';
import { Layers } from './layers.ts';
import { Matcher } from './match.ts';
import { ValueCompiler } from './value.ts';

/**
 * @param text the expression, for error excerpts
 * @throws FilterError on what parses and means nothing, such as `tcp host` or a VLAN above 4095
 */
export function compile(text: string, expression: Expression): Condition {
  return new Compiler(text).logic(expression);
}

class Compiler {
  readonly #text: string;
  readonly #layers = new Layers();

  constructor(text: string) {
    this.#text = text;
  }

  logic(expression: Expression): Condition {
    if (expression.is === 'not') return not(this.logic(expression.of));
    if (expression.is !== 'chain') return this.#primitive(expression);
    const first = this.logic(expression.first);
    return { is: 'chain', first, rest: expression.rest.map(({ op, of }) => ({ op, of: this.logic(of) })) };
  }

  #primitive(primitive: Primitive): Condition {
    const refuse = (reason: string, at = primitive.at): never => { throw new FilterError(this.#text, at, reason); };
    const matcher = new Matcher(this.#layers, refuse);
    switch (primitive.is) {
      case 'proto': return matcher.proto(primitive.proto);
      case 'match': return matcher.match(primitive.qualifier, primitive.operand);
      case 'broadcast': return matcher.broadcast(primitive.proto);
      case 'multicast': return matcher.multicast(primitive.proto);
      case 'vlan':
        if (this.#layers.inMpls) refuse('behind mpls there is no vlan');
        if (primitive.id !== undefined && primitive.id > 0xfff) refuse(`VLAN ${primitive.id} is above 4095`);
        return this.#layers.vlan(primitive.id);
      case 'mpls':
        if (primitive.id !== undefined && primitive.id > 0xfffff) refuse(`label ${primitive.id} is above 1048575`);
        return this.#layers.mpls(primitive.id);
      case 'relation': return new ValueCompiler(this.#layers, matcher, refuse).relation(primitive.op, primitive.left, primitive.right);
    }
  }
}
