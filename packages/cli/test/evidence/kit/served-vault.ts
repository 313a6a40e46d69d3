import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localDisk } from "@fogbound/adapter-local-disk";
import type { Entry } from "@fogbound/audit";
import { type CapsuleId, derivedIdentifier, type Finding } from "@fogbound/protocol";
import { ObjectStore, Policy } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";
import { passphrase } from "../../kit.js";
import type { Served } from "./killed.js";

/** A vault with one capsule that has been served by nobody yet. */
export class ServedVault implements Served {
  readonly folder: string;
  readonly capsule: CapsuleId;

  private constructor(folder: string, capsule: CapsuleId) {
    this.folder = folder;
    this.capsule = capsule;
  }

  static async make(): Promise<ServedVault> {
    const folder = mkdtempSync(join(tmpdir(), "fogbound-killed-"));
    const { owner, close } = await open(folder);
    const { id } = await owner.seal({
      items: [{ name: "a.txt", content: new Uint8Array(200_000).fill(7) }],
      policy: Policy.allow({ readers: ["local#ann"], actions: ["view"] }),
    });
    await close();
    return new ServedVault(folder, id);
  }

  get vault(): string {
    return join(this.folder, "vault");
  }

  get keyFile(): string {
    return join(this.folder, "owner.key");
  }

  /** The same, elsewhere. */
  copy(): ServedVault {
    const folder = mkdtempSync(join(tmpdir(), "fogbound-killed-"));
    cpSync(this.folder, folder, { recursive: true });
    return new ServedVault(folder, this.capsule);
  }

  /** After whatever happened to it: one access more, which also mends what a dead process left, and then the audit. */
  async checked(): Promise<Checked> {
    const { owner, host, close } = await open(this.folder);
    try {
      const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
      const access = await host.access(session, { capsule: this.capsule, item: "a.txt", action: "view" });
      if (access.outcome !== "permitted") throw new Error(`Expected work to go on, got ${JSON.stringify(access)}`);
      for await (const _ of access.read());
      await access.end();
      const audit = await owner.audit(this.capsule);
      const permitted: string[] = [];
      for await (const entry of audit.accesses()) if (entry.outcome === "permitted") permitted.push(accessIdOf(entry));
      const { outcome, findings } = await audit.verdict();
      return { accessed: access.id, permitted, outcome, findings };
    } finally {
      await close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export interface Checked {
  /** The access that was made to see whether work goes on. */
  readonly accessed: string;
  /** Ids of accesses whose release is in the log; one that is there twice stands here twice. */
  readonly permitted: readonly string[];
  readonly outcome: string;
  readonly findings: readonly Finding[];
}

async function open(folder: string): Promise<Embedded> {
  const store = await ObjectStore.open(localDisk({ directory: join(folder, "vault") }));
  return openEmbedded({ store, keyFile: join(folder, "owner.key"), passphrase, passphraseCost: { cost: 1024 } });
}

/** As a host names it to whoever asked: entries carry the hash of the request that it is derived from. */
export function accessIdOf({ id }: Pick<Entry, "id">): string {
  return derivedIdentifier("acc", "fogbound/v1/access", new Uint8Array(Buffer.from(id, "hex")));
}
