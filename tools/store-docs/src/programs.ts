import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export type ProgramName = "rclone" | "aws" | "s3cmd";

/** Programs of others that read and copy what lies in a store. Debian's own comes first, as it is what is installed for tests. */
const places: { readonly [Name in ProgramName]: readonly string[] } = {
  rclone: ["/usr/bin/rclone", "rclone"],
  aws: ["/usr/bin/aws", "aws"],
  s3cmd: ["/usr/bin/s3cmd", "s3cmd"],
};

/** Debian's packages that hold them. */
const packages = "rclone awscli s3cmd";

/** Where a program is; null when it is not there. */
async function placeOf(name: ProgramName): Promise<string | null> {
  for (const place of places[name]) {
    const isThere = place.startsWith("/") ? access(place) : run(place, ["--version"]);
    if (await isThere.then(() => true).catch(() => false)) return place;
  }
  return null;
}

/**
 * Those of the programs that are there, with their places. Says which are not, and that nothing is held to them; continuous
 * integration asks for radosgw and what comes with it, and has a failure instead.
 *
 * @throws Error where `FOGBOUND_TEST_S3_SERVER` asks for radosgw and one is missing.
 */
export async function programsThere(names: readonly ProgramName[]): Promise<ReadonlyMap<ProgramName, string>> {
  const found = new Map<ProgramName, string>();
  for (const name of names) {
    const place = await placeOf(name);
    if (place !== null) found.set(name, place);
    else if (process.env.FOGBOUND_TEST_S3_SERVER === "radosgw")
      throw new Error(`Expected ${name}, found none: apt-get install -y --no-install-recommends ${packages}`);
    else process.stdout.write(`program: no ${name}, so nothing here shows that it reads what was written\n`);
  }
  return found;
}
