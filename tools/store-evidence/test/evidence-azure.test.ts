import { startAzurite } from "@fogbound/tool-store-servers/azurite";
import { afterAll } from "vitest";
import { everythingOn, killsOn } from "./evidence.js";
import { onAzure } from "./grounds.js";

const server = await startAzurite();
afterAll(() => server.stop());

const ground = await onAzure(server);
everythingOn(ground, 1);
killsOn(ground);
