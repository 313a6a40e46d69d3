import { testStore } from "@fogbound/storage/conformance";
import { failures } from "./failures.js";
import { freshDisk } from "./fresh-disk.js";

testStore({ name: "local-disk", start: freshDisk, failures });
