import { testStore } from "@fogbound/storage/conformance";
import { failures } from "./failures.js";
import { freshContainer } from "./fresh-container.js";

testStore({ name: "azure-blob", start: freshContainer, failures });
