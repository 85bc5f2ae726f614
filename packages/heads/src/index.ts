export { createHead, type HeadConfig, type HeadType, headTypes } from "./create-head.ts";
export { type LinearHeadOptions, linearHead } from "./heads/linear-head.ts";
export { type MlpHeadOptions, mlpHead } from "./heads/mlp-head.ts";
export { type Activation, activations, gelu } from "./layers/activation.ts";
export { linear } from "./layers/linear.ts";
export { softmaxCrossEntropy } from "./layers/softmax-cross-entropy.ts";
