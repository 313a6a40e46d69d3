import { faultDriver, testStore } from "../conformance/index.js";
import { memoryDriver } from "../src/index.js";

const stop = async (): Promise<void> => undefined;
const failing = (code: "STORE_UNREACHABLE" | "STORE_REFUSED" | null) => async () => ({
  driver: faultDriver(memoryDriver(), [{ operation: "any", onProbes: true, fault: { kind: "fail-before", code } }]),
  code,
  stop,
});
const failures = {
  unreachable: failing("STORE_UNREACHABLE"),
  refused: failing("STORE_REFUSED"),
  unexplained: failing(null),
};

testStore({ name: "memory", start: async () => ({ driver: memoryDriver(), stop }), failures });
testStore({
  name: "memory with retention",
  start: async () => ({ driver: memoryDriver({ enforcedRetention: true }), stop }),
  failures,
});
