import { preset } from "../../tsup.base.ts";

// Not published: one format, no declarations. The packages stay imports, so that what is measured is what is built.
export default preset({ entry: ["src/main.ts"], format: ["esm"], dts: false });
