import type { Options } from "tsup";
import { library } from "../../tsup.base.js";

const options: Options = library({ index: "src/index.ts", codec: "src/codec.ts" });

export default options;
