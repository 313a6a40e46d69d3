import { isRadosgwInstalled, startRadosgw } from "@fogbound/tool-store-servers/radosgw";
import { afterAll } from "vitest";
import { rounds } from "../../../packages/cli/test/evidence/kit/numbers.js";
import { killing } from "../../../packages/cli/test/evidence/suites/kill.js";
import { onS3 } from "./grounds.js";

// Where it cannot be shown what it keeps, another test says what to install.
if (await isRadosgwInstalled()) {
  const server = await startRadosgw({ store: "bluestore" });
  afterAll(() => server.stop());
  const ground = await onS3(server);
  const kills = rounds("STORE_SERVER_KILLS", 5, 1);
  const cluster = { kill: () => server.killCluster(), start: () => server.startCluster() };
  // Monitor, OSD and gateway at once, with a client in the middle of its work.
  for (const work of ["logging", "upload"] as const)
    killing(ground, { work, kills, longestDelay: 400, server: cluster });
}
