import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-ports.js";
import { fromNpm } from "./newer-node.js";
import { rawClientOf, type S3Credentials, type S3Server } from "./s3-server.js";
import { startProcess, untilHealthy } from "./server-process.js";
import { announce } from "./store-server.js";

export const s3rver = "s3rver@3.7.1";

/** What `startS3rver` gives. It is no kind that adapters are tested with. */
export interface CarelessServer extends Pick<S3Server, "name" | "endpoint" | "region" | "credentials" | "stop"> {
  readonly bucket: string;
  rawClient(): ReturnType<typeof rawClientOf>;
}

/**
 * A server that answers to S3's requests and ignores the condition of a PUT: it says 200 and writes over what is there, as
 * older servers do that are in use. Nobody may keep evidence in it, and a test shows that nobody can.
 */
export async function startS3rver(): Promise<CarelessServer> {
  const program = join(await fromNpm(s3rver), "node_modules", "s3rver", "bin", "s3rver.js");
  const directory = await mkdtemp(join(tmpdir(), "fogbound-s3rver-"));
  const [port, bucket] = [await freePort(), "careless"];
  const place = ["--directory", directory, "--address", "127.0.0.1", "--port", String(port)];
  const server = await startProcess(process.execPath, [program, ...place, "--configure-bucket", bucket], {
    logFile: join(directory, "log"),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  await untilHealthy(server, async () => (await fetch(endpoint)).status < 500).catch(async (error) => {
    await stop();
    throw error;
  });
  // It knows these and no others.
  const credentials: S3Credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
  const about = { endpoint, credentials, region: "us-east-1" };
  return announce({ ...about, name: s3rver.replace("@", " "), bucket, rawClient: () => rawClientOf(about), stop });
}
