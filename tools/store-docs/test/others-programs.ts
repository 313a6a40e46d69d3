import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { S3Server } from "@fogbound/tool-store-servers/s3-server";
import type { ProgramName } from "../src/programs.js";

const run = promisify(execFile);

/** Without what this machine's variables say of other stores and certificates. */
const bare = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ["PATH", "HOME", "LANG"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );

/** Somebody else's program over one S3 store, which knows nothing of Fogbound. Folders end in "/". */
export interface Program {
  /** Size by key, of all that begins with `folder`, by names relative to it. */
  list(bucket: string, folder: string): Promise<ReadonlyMap<string, number>>;
  /** All of it into a directory. */
  download(bucket: string, folder: string, directory: string): Promise<void>;
  /** Inside the store, without reading it. */
  copy(from: Place, to: Place): Promise<void>;
}

export interface Place {
  readonly bucket: string;
  readonly folder: string;
}

type Server = Pick<S3Server, "endpoint" | "credentials" | "region">;

/** @param place where the program is @param folder for its settings */
export async function program(name: ProgramName, place: string, server: Server, folder: string): Promise<Program> {
  return { rclone, aws, s3cmd }[name](place, server, folder);
}

async function rclone(place: string, { endpoint, credentials, region }: Server, folder: string): Promise<Program> {
  const environment = {
    RCLONE_CONFIG_THERE_TYPE: "s3",
    RCLONE_CONFIG_THERE_PROVIDER: "Ceph",
    RCLONE_CONFIG_THERE_ENDPOINT: endpoint,
    RCLONE_CONFIG_THERE_REGION: region,
    RCLONE_CONFIG_THERE_ACCESS_KEY_ID: credentials.accessKeyId,
    RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RCLONE_S3_NO_CHECK_BUCKET: "true",
  };
  return rcloneOver(place, environment, folder);
}

/** @param environment a remote that is called "there" */
export async function rcloneOver(
  place: string,
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Program> {
  const settings = join(folder, "rclone.conf");
  await writeFile(settings, "");
  const env = { ...bare(), RCLONE_CONFIG: settings, ...environment };
  const call = (...args: readonly string[]) => run(place, [...args], { env, maxBuffer: 1 << 26 });
  return {
    async list(bucket, prefix) {
      const { stdout } = await call("lsjson", "--recursive", "--files-only", `there:${bucket}/${prefix}`);
      const entries: { readonly Path: string; readonly Size: number }[] = JSON.parse(stdout);
      return new Map(entries.map(({ Path, Size }) => [Path, Size]));
    },
    async download(bucket, prefix, directory) {
      await call("copy", `there:${bucket}/${prefix}`, directory);
    },
    async copy(from, to) {
      await call("copy", `there:${from.bucket}/${from.folder}`, `there:${to.bucket}/${to.folder}`);
    },
  };
}

async function aws(place: string, { endpoint, credentials, region }: Server, folder: string): Promise<Program> {
  const settings = join(folder, "aws.conf");
  await writeFile(settings, "");
  const env = {
    ...bare(),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: settings,
    AWS_SHARED_CREDENTIALS_FILE: settings,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  const call = (...args: readonly string[]) =>
    run(place, ["--endpoint-url", endpoint, ...args], { env, maxBuffer: 1 << 26 });
  return {
    async list(bucket, prefix) {
      const asked = ["--bucket", bucket, "--prefix", prefix, "--output", "json"];
      const { stdout } = await call("s3api", "list-objects-v2", ...asked);
      const { Contents }: { readonly Contents: { readonly Key: string; readonly Size: number }[] } = JSON.parse(stdout);
      return new Map(Contents.map(({ Key, Size }) => [Key.slice(prefix.length), Size]));
    },
    async download(bucket, prefix, directory) {
      await call("s3", "cp", "--recursive", "--quiet", `s3://${bucket}/${prefix}`, directory);
    },
    async copy(from, to) {
      const places = [`s3://${from.bucket}/${from.folder}`, `s3://${to.bucket}/${to.folder}`];
      await call("s3", "sync", "--quiet", ...places);
    },
  };
}

async function s3cmd(place: string, { endpoint, credentials, region }: Server, folder: string): Promise<Program> {
  const { host } = new URL(endpoint);
  const settings = join(folder, "s3cmd.conf");
  const lines = {
    access_key: credentials.accessKeyId,
    secret_key: credentials.secretAccessKey,
    bucket_location: region,
    host_base: host,
    host_bucket: host,
    use_https: "False",
  };
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`);
  await writeFile(settings, `[default]\n${text.join("")}`, { mode: 0o600 });
  const call = (...args: readonly string[]) =>
    run(place, ["--config", settings, ...args], { env: bare(), maxBuffer: 1 << 26 });
  return {
    async list(bucket, prefix) {
      const start = `s3://${bucket}/${prefix}`;
      const { stdout } = await call("ls", "--recursive", start);
      const entries = [...stdout.matchAll(/^\S+ \S+ +(\d+) +(s3:.*)$/gm)];
      return new Map(entries.map(([, size, url = ""]) => [url.slice(start.length), Number(size)]));
    },
    async download(bucket, prefix, directory) {
      await call("get", "--recursive", `s3://${bucket}/${prefix}`, `${directory}/`);
    },
    async copy(from, to) {
      const places = [`s3://${from.bucket}/${from.folder}`, `s3://${to.bucket}/${to.folder}`];
      await call("cp", "--recursive", ...places);
    },
  };
}
