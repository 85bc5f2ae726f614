import { preset } from "../../tsup.base.ts";

export default preset({ entry: ["src/index.ts", "src/node.ts", "src/web.ts"] });
