import { onDisk } from "./kit/ground.js";
import { rounds } from "./kit/numbers.js";
import { dying, killing } from "./suites/kill.js";

killing(onDisk, { work: "logging", kills: rounds("KILLS", 300, 24), longestDelay: 80 });
dying(onDisk, rounds("DEATHS", 30, 6));
for (const work of ["seal", "upload"] as const)
  killing(onDisk, { work, kills: rounds("STORE_KILLS", 50, 6), longestDelay: 120 });
