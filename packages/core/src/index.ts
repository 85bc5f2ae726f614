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
export { createRandom, type Random, type RandomState, shuffle } from "./util/random.ts";
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
