import { readFileSync } from "node:fs";
import type { StoreDriver } from "@fogbound/storage";
import { credentialsFrom, type Environment } from "./credentials.js";
import { minio } from "./driver.js";
import type { MinioOptions } from "./options.js";

const parameters: ReadonlySet<string> = new Set(["endpoint", "region", "pathStyle", "objectLock"]);

/**
 * The store that a URL names: `s3://bucket/prefix?endpoint=https://minio.example:9000&region=eu-central-1`, with
 * `pathStyle=false` and `objectLock=compliance` if need be. Credentials come from the environment alone, under AWS's
 * names: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`. So do, where the URL is silent, `AWS_REGION`
 * (or `AWS_DEFAULT_REGION`) and `AWS_ENDPOINT_URL_S3` (or `AWS_ENDPOINT_URL`), and `AWS_CA_BUNDLE`, the path of a PEM
 * file. Without any endpoint it is AWS in that region.
 *
 * @throws TypeError for another scheme, a user or a password, a parameter that is none of these or comes twice, a
 *   fragment, or missing credentials. No message repeats the URL: it may hold a secret.
 */
export function minioFromUrl(url: string, environment: Environment = process.env): StoreDriver {
  const parsed = parsedUrl(url);
  const parameter = (name: string): string | undefined => parsed.searchParams.get(name) ?? undefined;
  const region =
    parameter("region") ?? set(environment.AWS_REGION) ?? set(environment.AWS_DEFAULT_REGION) ?? "us-east-1";
  const ofEnvironment = set(environment.AWS_ENDPOINT_URL_S3) ?? set(environment.AWS_ENDPOINT_URL);
  const bundle = set(environment.AWS_CA_BUNDLE);
  return minio({
    endpoint: parameter("endpoint") ?? ofEnvironment ?? amazon(region),
    bucket: parsed.host,
    prefix: prefixOf(parsed),
    region,
    credentials: credentialsFrom(environment),
    ...pathStyleOf(parameter("pathStyle")),
    ...(bundle === undefined ? {} : { certificateAuthorities: readFileSync(bundle, "utf8") }),
    ...objectLockOf(parameter("objectLock")),
  });
}

function parsedUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== "s3:" || parsed.host === "")
    throw new TypeError(
      "Expected a URL such as s3://bucket/prefix?endpoint=https://minio.example:9000, got something else.",
    );
  if (parsed.username !== "" || parsed.password !== "")
    throw new TypeError(
      "Expected an s3: URL without credentials in it; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    );
  const names = [...parsed.searchParams.keys()];
  if (parsed.hash === "" && names.every((name) => parameters.has(name)) && new Set(names).size === names.length)
    return parsed;
  throw new TypeError(`Expected an s3: URL with no more than ${[...parameters].join(", ")} behind its "?", each once.`);
}

function prefixOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    throw new TypeError("Expected percent escapes of UTF-8 in the prefix of the s3: URL.");
  }
}

function pathStyleOf(text: string | undefined): Pick<MinioOptions, "pathStyle"> {
  if (text === undefined) return {};
  if (text === "true" || text === "false") return { pathStyle: text === "true" };
  throw new TypeError("Expected pathStyle to be true or false.");
}

function objectLockOf(text: string | undefined): Pick<MinioOptions, "objectLock"> {
  if (text === undefined) return {};
  if (text === "compliance" || text === "governance") return { objectLock: text };
  throw new TypeError("Expected objectLock to be compliance or governance.");
}

function amazon(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** An empty variable is one that is not set. */
function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
