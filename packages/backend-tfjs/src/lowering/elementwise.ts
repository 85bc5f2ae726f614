import { preciseErf } from "./erf.ts";
import type { Lowerings } from "./lowering.ts";

/** Arithmetic with two inputs: forward and tape broadcast as numpy does. */
export const arithmeticLowerings: Lowerings<"Add" | "Sub" | "Mul" | "Div"> = {
  Add:
    ({ tf }) =>
    (a, b) =>
      tf.add(a, b),
  Sub:
    ({ tf }) =>
    (a, b) =>
      tf.sub(a, b),
  Mul:
    ({ tf }) =>
    (a, b) =>
      tf.mul(a, b),
  Div:
    ({ tf }) =>
    (a, b) =>
      tf.div(a, b),
};

/** Functions of one variable. The tape's gradient of Relu is 0 at 0, as ours. */
export const unaryLowerings: Lowerings<"Neg" | "Exp" | "Log" | "Sqrt" | "Erf" | "Tanh" | "Sigmoid" | "Relu"> = {
  Neg:
    ({ tf }) =>
    (x) =>
      tf.neg(x),
  Exp:
    ({ tf }) =>
    (x) =>
      tf.exp(x),
  Log:
    ({ tf }) =>
    (x) =>
      tf.log(x),
  Sqrt:
    ({ tf }) =>
    (x) =>
      tf.sqrt(x),
  Erf:
    ({ tf, device }) =>
    (x) =>
      preciseErf(tf, device, x),
  Tanh:
    ({ tf }) =>
    (x) =>
      tf.tanh(x),
  Sigmoid:
    ({ tf }) =>
    (x) =>
      tf.sigmoid(x),
  Relu:
    ({ tf }) =>
    (x) =>
      tf.relu(x),
};
