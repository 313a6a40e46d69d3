import { type CredentialsSource, checkedCredentials, type ResolvedSource } from "./credentials.js";
import { idleSeconds, partBytes, partBytesRange } from "./defaults.js";

/** Whom `retainUntil` binds: `compliance` everybody, `governance` everybody whom the store gives no leave to bypass it. */
export type ObjectLock = "compliance" | "governance";

export interface MinioOptions {
  /** Where the store answers: "https://minio.example:9000", "https://s3.eu-central-1.amazonaws.com". It may have a path. */
  readonly endpoint: string;
  /** A bucket that is there; none is ever made. */
  readonly bucket: string;
  /** All keys lie under it; a "/" is added. Default: "". */
  readonly prefix?: string;
  /** What requests are signed for. Default: "us-east-1", which most stores but AWS take. */
  readonly region?: string;
  /** `"environment"` is `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. */
  readonly credentials: CredentialsSource;
  /** The bucket in the path, and not in the host name. Default: true, but for AWS. */
  readonly pathStyle?: boolean;
  /** PEM of the authorities to trust instead of Node's own. */
  readonly certificateAuthorities?: string;
  /**
   * Makes `retainUntil` possible, with the lock of this kind. The bucket must have been made with object lock: opening
   * proves it, and refuses one that has none. Each proof leaves an object of one byte that cannot be deleted for five
   * minutes; the next one removes it. Default: none.
   */
  readonly objectLock?: ObjectLock;
  /** Bytes of each part of a large upload, 5 MiB to 5 GiB; three are held in memory. Default: 16 MiB. */
  readonly partBytes?: number;
  /** Seconds without a byte after which a connection is given up. Default: 60. */
  readonly idleSeconds?: number;
}

export interface ResolvedOptions {
  readonly endpoint: URL;
  readonly bucket: string;
  /** Empty, or with a "/" at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly credentials: ResolvedSource;
  readonly pathStyle: boolean;
  readonly certificateAuthorities: string | null;
  readonly objectLock: ObjectLock | null;
  readonly partBytes: number;
  readonly idleMilliseconds: number;
}

/** @throws TypeError or RangeError for options that are none. No message repeats what could be a secret. */
export function resolveOptions(options: MinioOptions): ResolvedOptions {
  const endpoint = checkedEndpoint(options.endpoint);
  const { least, most } = partBytesRange;
  return {
    endpoint,
    bucket: checkedBucket(options.bucket),
    prefix: checkedPrefix(options.prefix ?? ""),
    region: checkedRegion(options.region ?? "us-east-1"),
    credentials: checkedCredentials(options.credentials),
    pathStyle: options.pathStyle ?? !/(^|\.)amazonaws\.com(\.cn)?$/.test(endpoint.hostname),
    certificateAuthorities: options.certificateAuthorities ?? null,
    objectLock: checkedLock(options.objectLock ?? null),
    partBytes: within("partBytes", options.partBytes ?? partBytes, least, most),
    idleMilliseconds: within("idleSeconds", options.idleSeconds ?? idleSeconds, 0.001, 86_400) * 1000,
  };
}

function checkedEndpoint(text: string): URL {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError("Expected an endpoint such as https://minio.example:9000, got something else.");
  if (url.username !== "" || url.password !== "")
    throw new TypeError("Expected an endpoint without a user or a password in it; give them as credentials.");
  if (url.search === "" && url.hash === "") return url;
  throw new TypeError("Expected an endpoint without a query or a fragment.");
}

/** By S3's rules for the names of buckets, which keep them one label of a host name or one segment of a path. */
function checkedBucket(bucket: string): string {
  const isName = typeof bucket === "string" && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket);
  if (isName && !bucket.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return bucket;
  const rule = "3 to 63 of a-z, 0-9, dot and hyphen, with a letter or digit at both ends";
  throw new TypeError(`Expected the name of a bucket (${rule}), got ${JSON.stringify(bucket)}.`);
}

function checkedPrefix(prefix: string): string {
  if (prefix === "") return "";
  const path = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  const isPath = path.isWellFormed() && path.split("/").every((segment) => !["", ".", ".."].includes(segment));
  if (isPath && !/\p{Cc}/u.test(path)) return `${path}/`;
  throw new TypeError(
    `Expected a prefix of segments between slashes, none "." or "..", got ${JSON.stringify(prefix)}.`,
  );
}

function checkedRegion(region: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(region)) return region;
  throw new TypeError(`Expected a region such as eu-central-1, got ${JSON.stringify(region)}.`);
}

function checkedLock(lock: string | null): ObjectLock | null {
  if (lock === null || lock === "compliance" || lock === "governance") return lock;
  throw new TypeError(`Expected objectLock to be "compliance" or "governance", got ${JSON.stringify(lock)}.`);
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new RangeError(`Expected ${name} from ${least} to ${most}, got ${value}.`);
}
