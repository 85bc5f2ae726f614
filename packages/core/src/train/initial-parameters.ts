import type { Allocate, FloatPrecision } from "../embedding/allocate.ts";
import { PolicyError } from "../errors.ts";
import { type FloatArray, sizeOf } from "../tensor.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { createRandom } from "../util/random.ts";
import type { TrainerOptions } from "./trainer-options.ts";

/**
 * Starting values of a head's parameters by name, fresh: those given, the others initialised from the seed.
 * @throws PolicyError INVALID_CONFIG
 */
export function initialParameters(
  options: TrainerOptions,
  precision: FloatPrecision,
  allocate: Allocate,
): Record<string, FloatArray> {
  const random = createRandom(deriveSeed(options.seed ?? 1, "parameters"));
  const parameters: Record<string, FloatArray> = {};
  for (const spec of options.head.parameters) {
    const values = allocate(precision, sizeOf(spec.shape));
    const given = options.parameters?.[spec.name];
    if (given === undefined) spec.initialize(values, random);
    else if (given.length === values.length) values.set(given);
    else {
      throw new PolicyError(
        "INVALID_CONFIG",
        `parameter "${spec.name}" has ${values.length} numbers, ${given.length} were given`,
      );
    }
    parameters[spec.name] = values;
  }
  return parameters;
}
