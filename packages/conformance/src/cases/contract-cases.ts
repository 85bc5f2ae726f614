import type { ContractCase } from "../case.ts";
import { behaviours } from "../check/behaviours.ts";

/** One case a promise of the contract. */
export const contractCases = (): ContractCase[] =>
  Object.keys(behaviours).map((behaviour) => ({
    kind: "contract",
    family: "contract",
    id: `contract/${behaviour}`,
    behaviour,
  }));
