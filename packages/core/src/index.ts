export type { Backend, BackendSupport, CompileRequest, Executable, RunOptions, StepResult } from "./backend.ts";
export { checked, isFiniteTensor } from "./checked-backend.ts";
export {
  BackendError,
  type ErrorCode,
  FeedError,
  type FileLocation,
  FormatError,
  GraphError,
  NonFiniteError,
  NotDifferentiableError,
  PolicyError,
  ThawlineError,
  UnsupportedOpError,
} from "./errors.ts";
export { createGraphBuilder, type GraphBuilder } from "./graph/builder.ts";
export type { AnyNode, Constant, Graph, Node, ValueDType, ValueInfo, ValueName } from "./graph/graph.ts";
export { type NoAttributes, type OpAttributes, type OpName, opNames } from "./graph/ops.ts";
export { broadcastShapes, inferResult, type ResultInfo } from "./graph/shape-rules.ts";
export { findValue, validateGraph, valuesOf } from "./graph/validate.ts";
export {
  type DTypeArrays,
  type FloatArray,
  floatTensor,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorDType,
  type TensorMap,
  tensor,
} from "./tensor.ts";
export type { BatchShape, DropoutInput, EmbeddingInput, Head, HeadGraph, ParameterSpec } from "./train/head.ts";
export { type TargetOptions, writeClassTargets } from "./train/targets.ts";
export { createRandom, type Random, type RandomState, shuffle } from "./util/random.ts";
