import { onDisk } from "./kit/ground.js";
import { large } from "./kit/history.js";
import { tampering } from "./suites/tamper.js";

tampering(onDisk, { size: large, processes: true });
