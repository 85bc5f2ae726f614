import { preset } from "../../tsup.base.ts";

// "#csv-parse" stays as it is: package.json maps it to the build for Node or for browsers.
export default preset({ entry: ["src/index.ts", "src/node.ts"], external: ["#csv-parse"] });
