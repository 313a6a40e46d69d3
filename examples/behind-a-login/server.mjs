import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FogboundError } from "fogbound";

/**
 * An application of yours, for which Fogbound serves: GET /<capsule>/<item> for whoever your login knows.
 *
 * @param {{ host: import("fogbound").Host, issuer: string, userOf: (request: import("node:http").IncomingMessage) => string | null }} options
 *   `userOf` is your login: the user's name, or null for a stranger. The issuer is what the manifest knows your users by.
 */
export function createApplication({ host, issuer, userOf }) {
  return createServer((request, response) => {
    answer({ host, issuer, userOf }, request, response).catch((error) => fail(error, response));
  });
}

async function answer({ host, issuer, userOf }, request, response) {
  if (request.method !== "GET") return end(response, 405);
  const user = userOf(request);
  if (user === null) return end(response, 401);
  const [, capsule, ...item] = new URL(request.url, "http://localhost").pathname.split("/").map(decodeURIComponent);
  const session = await host.sessionFor(`${issuer}#${user}`, { address: request.socket.remoteAddress });
  const wish = { capsule, item: item.join("/"), action: "view" };
  const access = await host.access(session, wish, { signal: signalOf(response) });
  // Coarse on purpose: the reason stands in the record, for the owner.
  if (access.outcome !== "permitted") return end(response, 403);
  response.writeHead(200, { ...headers, "content-type": access.mediaType, "content-length": access.size });
  await pipeline(Readable.fromWeb(access.read()), response);
}

/** Somebody else's text must not run in your origin, and nothing may keep a copy. */
const headers = {
  "cache-control": "no-store",
  "content-security-policy": "sandbox",
  "x-content-type-options": "nosniff",
};

const statuses = {
  CAPSULE_NOT_FOUND: 404,
  ITEM_NOT_FOUND: 404,
};

/** A throw means that the question could not be asked: nothing was released. */
function fail(error, response) {
  if (response.headersSent || response.destroyed) return response.destroy();
  if (error instanceof URIError) return end(response, 400);
  // A capsule id that is none is a caller's mistake, and here the caller is whoever typed the address.
  if (error instanceof TypeError) return end(response, 404);
  if (!FogboundError.isInstance(error)) return end(response, 500);
  end(response, statuses[error.code] ?? (error.retryable ? 503 : 500));
}

function end(response, status) {
  response.writeHead(status, headers).end();
}

/** Aborts when the reader goes away: nobody waits for an answer then. */
function signalOf(response) {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  return leaving.signal;
}
