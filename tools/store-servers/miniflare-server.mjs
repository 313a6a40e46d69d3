// Run by src/miniflare.ts on a Node new enough: <directory of miniflare> <settings.json>. Ends with SIGTERM.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , directory, file] = process.argv;
const { port, credentials, names, data } = JSON.parse(readFileSync(file, "utf8"));
const { Miniflare } = createRequire(import.meta.url)(directory);
const server = new Miniflare({
  host: "127.0.0.1",
  port,
  modules: true,
  compatibilityDate: "2026-07-01",
  script: "export default { fetch: () => new Response() }",
  r2Buckets: Object.fromEntries(names.map((id, index) => [`B${index}`, { id, s3Credentials: credentials }])),
  r2Persist: data,
});
process.once("SIGTERM", async () => {
  await server.dispose();
  process.exit(0);
});
await server.ready;
