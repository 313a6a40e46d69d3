import type { Options } from "tsup";
import { library } from "../../tsup.base.js";

const options: Options = library({ index: "src/index.ts", embedded: "src/embedded.ts", testing: "src/testing.ts" });

export default options;
