import { onDisk } from "./kit/ground.js";
import { rounds } from "./kit/numbers.js";
import { changingBytes } from "./suites/one-byte.js";

changingBytes(onDisk, rounds("BYTES", 500, 50));
