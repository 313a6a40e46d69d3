import type { Options } from "tsup";
import { library } from "../../tsup.base.js";

const entries = {
  index: "src/index.ts",
  ibe: "src/ibe.ts",
  "platform.node": "src/platform.node.ts",
  "platform.browser": "src/platform.browser.ts",
};

const options: Options = library(entries, ["@fogbound/source"]);

export default options;
