import {
  type AnyNode,
  type Graph,
  inferResult,
  type OpAttributes,
  type OpName,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import { eliminateDeadNodes } from "./eliminate-dead-nodes.ts";
import { type Application, type Known, rewrite } from "./simplify-rules.ts";

/**
 * An equal graph with less to do: no dead nodes, no common subexpressions, no double transposes, no multiplication by 1
 * or addition of 0, no broadcasting that the next op does anyway. Inputs and outputs keep their names.
 * @remarks Equal to the bit, but for the sign of zero (x + 0 of −0).
 */
export function simplify(graph: Graph): Graph {
  const live = eliminateDeadNodes(graph);
  const state = new Simplification(live);
  for (const node of live.nodes) state.add(node);
  return eliminateDeadNodes({ ...live, constants: state.constants, nodes: state.nodes });
}

/** The new graph while it grows; a class, as rules and the walk share all of its maps. */
class Simplification implements Known {
  readonly nodes: AnyNode[] = [];
  readonly constants: Graph["constants"][number][] = [];
  private readonly values: Map<ValueName, ValueInfo>;
  private readonly producers = new Map<ValueName, AnyNode>();
  private readonly replacements = new Map<ValueName, ValueName>();
  private readonly byContent = new Map<string, ValueName>();
  private readonly uniforms = new Map<ValueName, number>();
  private readonly uses = new Map<ValueName, number>();
  private readonly outputs: ReadonlySet<ValueName>;
  private generated = 0;

  constructor(graph: Graph) {
    this.values = new Map(valuesOf(graph));
    this.outputs = new Set(graph.outputs);
    for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs]) {
      this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    }
    for (const constant of graph.constants) {
      const key = JSON.stringify([constant.dtype, constant.shape, constant.data]);
      if (!this.alias(constant.name, this.byContent.get(key))) {
        this.byContent.set(key, constant.name);
        this.constants.push(constant);
        const [first] = constant.data;
        if (constant.dtype === "float" && first !== undefined && constant.data.every((x) => Object.is(x, first))) {
          this.uniforms.set(constant.name, first);
        }
      }
    }
  }

  info(name: ValueName): ValueInfo {
    return this.values.get(name)!;
  }
  producer(name: ValueName): AnyNode | undefined {
    return this.producers.get(name);
  }
  uniform(name: ValueName): number | undefined {
    return this.uniforms.get(name);
  }
  usedOnce(name: ValueName): boolean {
    return (this.uses.get(name) ?? 0) <= 1;
  }
  make<O extends OpName>(op: O, inputs: readonly ValueName[], attributes: OpAttributes[O]): ValueName {
    return this.emit({ op, inputs, attributes } as Application);
  }

  /** Takes over a node of the old graph. */
  add({ op, inputs, output, attributes }: AnyNode): void {
    const own = inputs.map((name) => this.replacements.get(name) ?? name);
    const name = this.emit({ op, inputs: own, attributes } as Application, output.name);
    if (name !== output.name) this.replacements.set(output.name, name);
  }

  /** Adds a node, simplified, and returns the value that holds its result: an earlier one where that is equal. */
  private emit(application: Application, name?: ValueName): ValueName {
    let simplest = application;
    for (let next = rewrite(simplest, this); next !== undefined; next = rewrite(simplest, this)) {
      if (typeof next !== "string") simplest = next;
      // An output keeps its name, so it stays a node of its own, as simple as it was before.
      else if (name === undefined || !this.outputs.has(name)) return next;
      else break;
    }
    const key = JSON.stringify([simplest.op, simplest.inputs, simplest.attributes]);
    const equal = this.byContent.get(key);
    if (equal !== undefined && (name === undefined || !this.outputs.has(name))) return equal;
    return this.append(simplest, name ?? this.freshName(), key);
  }

  private append({ op, inputs, attributes }: Application, name: ValueName, key: string): ValueName {
    const result = inferResult(
      op,
      inputs.map((input) => this.info(input)),
      attributes as never,
    );
    const output: ValueInfo = { name, dtype: result.dtype, shape: [...result.shape] };
    const node = { op, inputs, output, attributes } as AnyNode;
    this.values.set(name, output);
    this.producers.set(name, node);
    this.nodes.push(node);
    if (!this.byContent.has(key)) this.byContent.set(key, name);
    const uniform = op === "Expand" || op === "Reshape" ? this.uniforms.get(inputs[0]!) : undefined;
    if (uniform !== undefined) this.uniforms.set(name, uniform);
    return name;
  }

  private alias(name: ValueName, equal: ValueName | undefined): boolean {
    if (equal === undefined || this.outputs.has(name)) return false;
    this.replacements.set(name, equal);
    return true;
  }

  private freshName(): ValueName {
    let name = `simplified.${this.generated++}`;
    while (this.values.has(name)) name = `simplified.${this.generated++}`;
    return name;
  }
}
