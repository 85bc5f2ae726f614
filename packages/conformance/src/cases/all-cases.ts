import { type ConformanceCase, families } from "../case.ts";
import { largeCases, transformerCases } from "./block-cases.ts";
import { contractCases } from "./contract-cases.ts";
import { driftFigureCases } from "./drift-figure-cases.ts";
import { edgeCases } from "./edge-cases.ts";
import { guardCases, policyCases } from "./guard-cases.ts";
import { headCases, lossCases } from "./head-cases.ts";
import { opCases } from "./op-cases.ts";
import { pullCases } from "./pull-cases.ts";
import { driftCases, freezeCases, trajectoryCases } from "./training-cases.ts";

/** Every case of the suite, family by family. The same list, with the same ids, for every backend. */
export function allCases(): readonly ConformanceCase[] {
  const cases: ConformanceCase[] = [
    ...opCases(),
    ...lossCases(),
    ...headCases(),
    ...edgeCases(),
    ...contractCases(),
    ...trajectoryCases(),
    ...pullCases(),
    ...freezeCases(),
    ...policyCases(),
    ...driftCases(),
    ...guardCases(),
    ...driftFigureCases(),
    ...transformerCases(),
    ...largeCases(),
  ];
  return cases.sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
}
