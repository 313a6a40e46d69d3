import { isNewerNodeThere, startMiniflare } from "./miniflare.js";
import { isMinioInstalled, startMinio } from "./minio.js";
import { isRadosgwInstalled, radosgwPackages, startRadosgw } from "./radosgw.js";
import { isEndpointGiven, s3FromEnvironment } from "./s3-environment.js";
import type { S3Server } from "./s3-server.js";

interface Kind {
  readonly kind: S3Server["kind"];
  readonly isThere: () => Promise<boolean>;
  readonly start: () => Promise<S3Server>;
}

/** In the order in which they are taken: what was asked for, then what is closest to production. */
const kinds: readonly Kind[] = [
  { kind: "environment", isThere: async () => isEndpointGiven(), start: s3FromEnvironment },
  { kind: "minio", isThere: isMinioInstalled, start: startMinio },
  { kind: "radosgw", isThere: isRadosgwInstalled, start: () => startRadosgw() },
  { kind: "miniflare", isThere: isNewerNodeThere, start: startMiniflare },
];

/**
 * An S3 store for a test, the best one there is; it says which. `FOGBOUND_TEST_S3_SERVER` names one kind and takes no
 * other, so that what is tested does not depend on what happens to be installed.
 *
 * @throws Error that says what to install when there is none: a test that did not run has shown nothing.
 */
export async function startS3Server(): Promise<S3Server> {
  const wanted = process.env.FOGBOUND_TEST_S3_SERVER ?? "";
  const candidates = kinds.filter(({ kind }) => wanted === "" || kind === wanted);
  for (const { isThere, start } of candidates) if (await isThere()) return start();
  throw new Error(
    `Expected an S3 store to test with${wanted === "" ? "" : ` (FOGBOUND_TEST_S3_SERVER is ${JSON.stringify(wanted)})`}, found none. Do one of these:
  apt-get install -y --no-install-recommends ${radosgwPackages}
  put a minio server on the PATH
  set FOGBOUND_TEST_S3_ENDPOINT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  );
}
