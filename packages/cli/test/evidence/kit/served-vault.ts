import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "@fogbound/audit";
import { type CapsuleId, derivedIdentifier, type Finding, isIdentifier } from "@fogbound/protocol";
import { type Host, type Owner, Policy } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";
import { passphrase } from "../../kit.js";
import { type Ground, storeAt, type VaultPlace } from "./ground.js";
import type { Served } from "./killed.js";

const content = new Uint8Array(200_000).fill(7);

/** A vault with one capsule that has been served by nobody yet. */
export class ServedVault implements Served {
  readonly place: VaultPlace;
  readonly folder: string;
  readonly capsule: CapsuleId;

  private constructor(place: VaultPlace, folder: string, capsule: CapsuleId) {
    this.place = place;
    this.folder = folder;
    this.capsule = capsule;
  }

  static async make(ground: Ground): Promise<ServedVault> {
    const folder = mkdtempSync(join(tmpdir(), "fogbound-killed-"));
    const place = await ground.place();
    const { owner, close } = await open(place, folder);
    const { id } = await owner.seal({
      items: [{ name: "a.txt", content }],
      policy: Policy.allow({ readers: ["local#ann"], actions: ["view"] }),
    });
    await close();
    return new ServedVault(place, folder, id);
  }

  get keyFile(): string {
    return join(this.folder, "owner.key");
  }

  /** After whatever happened to it: one access more, which also mends what a dead process left, and then the audit. */
  async checked(): Promise<Checked> {
    return this.opened(async ({ owner, host }) => {
      const accessed = await accessTo(host, this.capsule);
      const audit = await owner.audit(this.capsule);
      const permitted: string[] = [];
      for await (const entry of audit.accesses()) if (entry.outcome === "permitted") permitted.push(accessIdOf(entry));
      const { outcome, findings } = await audit.verdict();
      return { accessed, permitted, outcome, findings };
    });
  }

  /** What there is to say against capsules that were told: they are in force, whole, and served. */
  async faultsOf(capsules: readonly string[]): Promise<readonly string[]> {
    return this.opened(async ({ owner, host }) => {
      const faults: string[] = [];
      for await (const { id, state } of owner.capsules()) {
        const told = capsules.includes(id) || id === this.capsule;
        // One that was not told may be there, and then it is as good as any; or be waiting to be published.
        if (state === "sealed" && !told) continue;
        const verdict = await accessTo(host, id)
          .then(() => owner.audit(id, { rehashContent: true }))
          .then((audit) => audit.verdict());
        if (verdict.outcome !== "proved" || !verdict.proved.includes("bytes-rehashed"))
          faults.push(`${id}: ${JSON.stringify(verdict.findings)}`);
      }
      for (const id of capsules) if (!(await isWhole(owner, id))) faults.push(`${id}: not what was sealed`);
      return faults;
    });
  }

  /** Opens all parties, and closes them again. */
  async opened<T>(work: (embedded: Embedded) => Promise<T>): Promise<T> {
    const embedded = await open(this.place, this.folder);
    try {
      return await work(embedded);
    } finally {
      await embedded.close();
    }
  }

  async remove(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    await this.place.remove();
  }
}

/** @returns the access's id */
async function accessTo(host: Host, capsule: CapsuleId): Promise<string> {
  const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
  const access = await host.access(session, { capsule, item: "a.txt", action: "view" });
  if (access.outcome !== "permitted") throw new Error(`Expected work to go on, got ${JSON.stringify(access)}`);
  for await (const _ of access.read());
  await access.end();
  return access.id;
}

async function isWhole(owner: Owner, id: string): Promise<boolean> {
  if (!isIdentifier("cap", id)) throw new TypeError(`Expected a capsule's id, got ${id}.`);
  const bytes = new Uint8Array(await new Response(owner.read(id, "a.txt")).arrayBuffer());
  return Buffer.from(bytes).equals(content);
}

export interface Checked {
  /** The access that was made to see whether work goes on. */
  readonly accessed: string;
  /** Ids of accesses whose release is in the log; one that is there twice stands here twice. */
  readonly permitted: readonly string[];
  readonly outcome: string;
  readonly findings: readonly Finding[];
}

async function open(place: VaultPlace, folder: string): Promise<Embedded> {
  const keyFile = join(folder, "owner.key");
  return openEmbedded({ store: await storeAt(place), keyFile, passphrase, passphraseCost: { cost: 1024 } });
}

/** As a host names it to whoever asked: entries carry the hash of the request that it is derived from. */
export function accessIdOf({ id }: Pick<Entry, "id">): string {
  return derivedIdentifier("acc", "fogbound/v1/access", new Uint8Array(Buffer.from(id, "hex")));
}
