import { onDisk } from "./kit/ground.js";
import { restoring } from "./suites/parity.js";

restoring(onDisk);
