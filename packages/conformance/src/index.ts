export { readFixtureFile } from "./fixtures/fixture-file.ts";
export { type FixtureResult, runFixtureFile } from "./fixtures/run-fixture-file.ts";
export { type MeasureOptions, relativeError } from "./measure.ts";
export { toleranceOf } from "./tolerances.ts";
