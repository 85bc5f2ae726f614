/**
 * The part of onnx.proto that Thawline writes and reads, as plain data. Field numbers are in `write-model.ts` and
 * `read-model.ts`; source: https://github.com/onnx/onnx/blob/v1.20.0/onnx/onnx.proto3 (unchanged since IR version 8).
 */
export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  /** Version of the default operator set, `ai.onnx`. */
  readonly opset: number;
  readonly graph: GraphProto;
}

/** Nodes in topological order, constants and typed ends. */
export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

/** One operator application. `offset` is where it starts in a file that was read. */
export interface NodeProto {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeProto[];
  readonly offset?: number;
}

/** An attribute: an integer, integers, or anything else, which no op of the table has, by its kind alone. */
export type AttributeProto =
  | { readonly name: string; readonly kind: "int"; readonly value: number }
  | { readonly name: string; readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly name: string; readonly kind: "string"; readonly value: string }
  | { readonly name: string; readonly kind: "other" };

/** `TensorProto.DataType` of the element types that occur. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

/** Name of an element type that occurs. */
export type ElementType = keyof typeof elementTypes;

/** A constant. */
export interface TensorProto {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly offset?: number;
}

/** Name, element type and shape of a graph's input or output. */
export interface ValueInfoProto {
  readonly name: string;
  readonly type: ElementType;
  /** Undefined where the file does not say; a string for a symbolic extent. */
  readonly shape: readonly (number | string)[] | undefined;
  readonly offset?: number;
}
