// An owner changes the rules, takes a reader out, and hands the evidence to somebody else.
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { auditExport, type CapsuleId, type Owner, Policy } from "fogbound";

export async function changeRules(owner: Owner, capsule: CapsuleId): Promise<void> {
  const everyone = { readers: "anyone-signed-in", actions: ["view"] } as const;
  const policy = Policy.allow(everyone).forbid({ ...everyone, networks: ["203.0.113.0/24"] });
  await owner.setPolicy(capsule, policy);
  await owner.revoke(capsule, { reader: "local#former-colleague" });
}

export async function handOver(owner: Owner, capsule: CapsuleId): Promise<void> {
  await writeFile("evidence.fog", owner.export(capsule));
  // Anywhere else, with no network and no key but the capsule's id:
  const audit = await auditExport(await openAsBlob("evidence.fog"), { trust: capsule, rehashContent: true });
  const { outcome, proved, notProved, findings } = await audit.verdict();
  console.log(outcome, proved, notProved, findings);
}
