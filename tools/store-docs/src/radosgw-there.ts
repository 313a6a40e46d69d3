import { isRadosgwInstalled, radosgwPackages } from "@fogbound/tool-store-servers/radosgw";

/**
 * Whether there is a radosgw to hold this to: no store from npm has users, policies or object lock. Says what is not held to
 * it where there is none; continuous integration asks for radosgw, and has a failure instead.
 *
 * @throws Error where `FOGBOUND_TEST_S3_SERVER` asks for it.
 */
export async function isRadosgwThere(what: string): Promise<boolean> {
  if (await isRadosgwInstalled()) return true;
  const advice = `apt-get install -y --no-install-recommends ${radosgwPackages}`;
  if (process.env.FOGBOUND_TEST_S3_SERVER === "radosgw")
    throw new Error(`Expected radosgw for ${what}, found none: ${advice}`);
  process.stdout.write(`store server: no radosgw, so nothing here shows ${what}; ${advice}\n`);
  return false;
}
