import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { BrokenStore } from "@fogbound/storage/conformance";
import { freePort, portOf } from "@fogbound/tool-store-servers/free-ports";
import { azureBlob } from "../src/index.js";
import { freshContainer } from "./fresh-container.js";

async function wrongKey(): Promise<BrokenStore> {
  const { options, stop } = await freshContainer();
  const credentials = { accountKey: randomBytes(64).toString("base64") };
  return { driver: azureBlob({ ...options, credentials }), code: "STORE_REFUSED", stop };
}

/** A signature that lets nobody do anything, and names its holder as Azure does. */
async function expiredSignature(): Promise<BrokenStore> {
  const { options, raw, stop } = await freshContainer();
  const { ContainerSASPermissions } = await import("@azure/storage-blob");
  const url = await raw.generateSasUrl({
    permissions: ContainerSASPermissions.parse("racwdl"),
    startsOn: new Date(Date.now() - 7_200_000),
    expiresOn: new Date(Date.now() - 3_600_000),
  });
  const credentials = { sas: new URL(url).search };
  return { driver: azureBlob({ ...options, credentials }), code: "STORE_REFUSED", stop };
}

/** Answered with 404, as is a miss. */
async function noContainer(): Promise<BrokenStore> {
  const { options, stop } = await freshContainer();
  return { driver: azureBlob({ ...options, container: "never-made" }), code: "STORE_UNREACHABLE", stop };
}

async function nothingListens(): Promise<BrokenStore> {
  const { options, stop } = await freshContainer();
  const endpoint = `http://127.0.0.1:${await freePort()}/${options.account}`;
  return { driver: azureBlob({ ...options, endpoint }), code: "STORE_UNREACHABLE", stop };
}

/** What stands between a client and the service: it answers everything, and knows nothing. */
function inBetween(status: number): () => Promise<BrokenStore> {
  return async () => {
    const { options, stop } = await freshContainer();
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "text/html" }).end("<html>Have a nice day</html>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const driver = azureBlob({ ...options, endpoint: `http://127.0.0.1:${portOf(server)}/${options.account}` });
    const stopBoth = async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
      await stop();
    };
    return { driver, code: status === 403 ? "STORE_REFUSED" : null, stop: stopBoth };
  };
}

export const failures: Record<string, () => Promise<BrokenStore>> = {
  "the key is wrong": wrongKey,
  "the shared access signature has expired": expiredSignature,
  "the container is not there": noContainer,
  "nothing listens there": nothingListens,
  "a gateway answers 404": inBetween(404),
  "a gateway answers 200": inBetween(200),
  "a gateway answers 403": inBetween(403),
  "a gateway answers 500": inBetween(500),
};
