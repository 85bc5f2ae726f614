// Core alone, as ESM: a graph is built, and a mistake in it is a typed error.
import assert from "node:assert/strict";
import { createGraphBuilder, createRandom, ThawlineError } from "@thawline/core";

const builder = createGraphBuilder();
const x = builder.input("x", "float", [2, 3]);
assert.deepEqual(builder.sum(x, [1]).shape, [2]);
assert.throws(
  () => builder.matMul(x, x),
  (error) => ThawlineError.isInstance(error) && error.code === "SHAPE_MISMATCH",
);
assert.equal(createRandom(7).nextUint32(), createRandom(7).nextUint32());
