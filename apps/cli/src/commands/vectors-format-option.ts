import { Option } from "commander";
import { oneOf } from "../options/parsers.ts";
import { vectorFormatNames } from "./fine-tune-flags.ts";

/** `--vectors-format`. */
export const vectorsFormatOption = (): Option =>
  new Option("--vectors-format <name>", `${vectorFormatNames.join(", ")} (default: seen from the content)`).argParser(
    oneOf(vectorFormatNames),
  );
