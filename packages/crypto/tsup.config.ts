import { library } from "../../tsup.base.js";

export default library({
  index: "src/index.ts",
  ibe: "src/ibe.ts",
  "platform.node": "src/platform.node.ts",
  "platform.browser": "src/platform.browser.ts",
});
