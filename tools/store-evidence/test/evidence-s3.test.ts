import { startS3Server } from "@fogbound/tool-store-servers/s3";
import { afterAll } from "vitest";
import { everythingOn, killsOn } from "./evidence.js";
import { onS3 } from "./grounds.js";

const server = await startS3Server();
afterAll(() => server.stop());

const ground = await onS3(server);
everythingOn(ground, 0);
killsOn(ground);
