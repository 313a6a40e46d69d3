import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "./free-ports.js";
import { cephConfiguration } from "./radosgw-configuration.js";
import { makeFreshBucket, rawClientOf, type S3Credentials, type S3Server } from "./s3-server.js";
import { type ServerProcess, startProcess, untilHealthy } from "./server-process.js";
import { announce } from "./store-server.js";

const run = promisify(execFile);

export interface RadosgwOptions {
  /** `memstore` keeps everything in memory and starts at once; `bluestore` is what survives a killed daemon. Default: memstore. */
  readonly store?: "memstore" | "bluestore";
}

/** A radosgw with what a test may do to it: end the gateway as a crash would, and start it again on what was stored. */
export interface Radosgw extends S3Server {
  killGateway(): Promise<void>;
  startGateway(): Promise<void>;
  /** Ends monitor, OSD and gateway at once: on bluestore, what it acknowledged is there when they are started again. */
  killCluster(): Promise<void>;
  startCluster(): Promise<void>;
  /** A user of the gateway who owns nothing and may do nothing until a bucket's policy lets him: `arn:aws:iam:::user/<name>`. */
  makeUser(name: string): Promise<S3Credentials>;
}

/** Debian's packages that hold it. */
export const radosgwPackages = "ceph-mon ceph-osd radosgw ceph-common";

export async function isRadosgwInstalled(): Promise<boolean> {
  const found = ["radosgw", "ceph-mon", "ceph-osd", "ceph-authtool"].map((command) => run(command, ["--version"]));
  return (await Promise.allSettled(found)).every(({ status }) => status === "fulfilled");
}

/**
 * Ceph's S3 gateway on a cluster of its own, as small as it can be: one monitor, one OSD, one gateway, no manager.
 * Object lock, versions and conditional writes are those of production.
 */
export async function startRadosgw({ store = "memstore" }: RadosgwOptions = {}): Promise<Radosgw> {
  const directory = await mkdtemp(join(tmpdir(), "fogbound-radosgw-"));
  const cluster = new Cluster(directory);
  try {
    const endpoint = await cluster.start(store);
    return announce(await server(cluster, endpoint, store));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function server(cluster: Cluster, endpoint: string, store: string): Promise<Radosgw> {
  const { stdout } = await run("radosgw", ["--version"]);
  const version = /version (\S+)/.exec(stdout)?.[1] ?? "of unknown version";
  const about = { endpoint, credentials: cluster.credentials, region: "us-east-1" };
  const client = rawClientOf(about);
  return {
    ...about,
    kind: "radosgw",
    hasObjectLock: true,
    name: `radosgw ${version}, ${store}`,
    freshBucket: (options) => makeFreshBucket(client, about.region, options),
    rawClient: () => rawClientOf(about),
    killGateway: () => cluster.killGateway(),
    startGateway: () => cluster.startGateway(endpoint),
    killCluster: () => cluster.kill(),
    startCluster: () => cluster.startAgain(endpoint),
    makeUser: (name) => cluster.makeUser(name),
    stop: () => cluster.stop(),
  };
}

class Cluster {
  readonly credentials: S3Credentials = freshCredentials();
  readonly #directory: string;
  readonly #configuration: string;
  readonly #keyring: string;
  #monitor: ServerProcess | null = null;
  #osd: ServerProcess | null = null;
  #gateway: ServerProcess | null = null;

  constructor(directory: string) {
    this.#directory = directory;
    this.#configuration = join(directory, "ceph.conf");
    this.#keyring = join(directory, "keyring");
  }

  /** @returns the gateway's address */
  async start(store: "memstore" | "bluestore"): Promise<string> {
    const [monitorPort = 0, gatewayPort = 0] = await freePorts(2);
    const clusterId = randomUUID();
    for (const name of ["mon", "osd0", "gateway"]) await mkdir(join(this.#directory, name));
    const settings = { directory: this.#directory, clusterId, monitorPort, gatewayPort, store };
    await writeFile(this.#configuration, cephConfiguration(settings));
    await this.#startMonitor(clusterId, monitorPort);
    await this.#startOsd();
    await this.#createUser("fogbound", this.credentials);
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await this.startGateway(endpoint);
    return endpoint;
  }

  async startGateway(endpoint: string): Promise<void> {
    this.#gateway = await this.#daemon("radosgw", ["--name", "client.rgw"]);
    await untilHealthy(this.#gateway, async () => (await fetch(endpoint)).status < 500);
  }

  async killGateway(): Promise<void> {
    await this.#gateway?.stop("SIGKILL");
  }

  async kill(): Promise<void> {
    await Promise.all([this.#gateway, this.#osd, this.#monitor].map((daemon) => daemon?.stop("SIGKILL")));
  }

  /** On what lies in its directory. */
  async startAgain(endpoint: string): Promise<void> {
    this.#monitor = await this.#daemon("ceph-mon", ["-i", "a"]);
    this.#osd = await this.#daemon("ceph-osd", ["-i", "0"]);
    await this.startGateway(endpoint);
  }

  async makeUser(name: string): Promise<S3Credentials> {
    const credentials = freshCredentials();
    await this.#createUser(name, credentials);
    return credentials;
  }

  /** Nothing that is stored here outlives the test, so nobody is given time to write it down. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #startMonitor(clusterId: string, port: number): Promise<void> {
    const everything = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"];
    await run("ceph-authtool", [
      "--create-keyring",
      this.#keyring,
      "--gen-key",
      "-n",
      "mon.",
      "--cap",
      "mon",
      "allow *",
    ]);
    // The gateway's key too must be there before the monitor is made: without a manager nobody hands it out later.
    for (const name of ["client.admin", "client.rgw"])
      await run("ceph-authtool", [this.#keyring, "--gen-key", "-n", name, ...everything]);
    const map = join(this.#directory, "monmap");
    await run("monmaptool", ["--create", "--fsid", clusterId, "--addv", "a", `[v2:127.0.0.1:${port}]`, map]);
    const files = ["--mkfs", "-i", "a", "--monmap", map, "--keyring", this.#keyring];
    await run("ceph-mon", ["-c", this.#configuration, ...files]);
    this.#monitor = await this.#daemon("ceph-mon", ["-i", "a"]);
  }

  async #startOsd(): Promise<void> {
    const id = randomUUID();
    await this.#ceph("osd", "new", id);
    const key = await this.#ceph("auth", "get-or-create", "osd.0", "mon", "allow profile osd", "osd", "allow *");
    await appendFile(this.#keyring, key);
    await run("ceph-osd", ["-c", this.#configuration, "-i", "0", "--mkfs", "--osd-uuid", id]);
    this.#osd = await this.#daemon("ceph-osd", ["-i", "0"]);
    await this.#ceph("osd", "crush", "add", "osd.0", "1.0", "root=default", "host=here");
  }

  async #createUser(name: string, { accessKeyId, secretAccessKey }: S3Credentials): Promise<void> {
    const keys = ["--access-key", accessKeyId, "--secret-key", secretAccessKey];
    const user = ["user", "create", `--uid=${name}`, `--display-name=${name}`, ...keys];
    await run("radosgw-admin", ["-c", this.#configuration, "--name", "client.rgw", ...user]);
  }

  async #ceph(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("ceph", ["-c", this.#configuration, "--connect-timeout", "60", ...args]);
    return stdout;
  }

  #daemon(command: string, args: readonly string[]): Promise<ServerProcess> {
    const logFile = join(this.#directory, `${command}.log`);
    return startProcess(command, ["-c", this.#configuration, "-f", ...args], { logFile });
  }
}

function freshCredentials(): S3Credentials {
  return {
    accessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}
