import type { Options } from "tsup";
import { library } from "../../tsup.base.js";

const options: Options = library({
  index: "src/index.ts",
  ibe: "src/ibe.ts",
  "platform.node": "src/platform.node.ts",
  "platform.browser": "src/platform.browser.ts",
});

export default options;
