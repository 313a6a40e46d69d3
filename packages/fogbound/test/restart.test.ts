import { epochHead, registration } from "@fogbound/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openEmbedded } from "../src/embedded.js";
import { type Capsule, FogboundError, type Host, type ObjectStore, Reader } from "../src/index.js";
import { passphrase, type Scene, scene, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

const items = [textItem("a.txt", "again")] as const;

async function read(host: Host, capsule: Capsule): Promise<string> {
  const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
  const access = await host.access(await sessionOf(host), wish);
  if (access.outcome !== "permitted") return access.outcome;
  return new Response(access.read()).text();
}

/** Which instance each names before it, by the registrations in the store. */
async function successions(store: ObjectStore, capsule: Capsule): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for await (const { key } of store.list(`capsules/${capsule.id}/instances/`)) {
    if (!key.endsWith("/head")) continue;
    const object = await store.get(key);
    const bytes = new Uint8Array(await new Response(object?.body).arrayBuffer());
    const signed = epochHead.read(bytes).value.registration;
    if (signed === null) continue;
    const { instance, previous } = registration.read(signed).value;
    found.set(instance, previous?.instance ?? null);
  }
  return found;
}

describe("A process that starts again on the same vault", () => {
  let now: Scene;
  afterEach(() => now.close());

  it("names the instance before it, and the history is still proved", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items, policy: viewers });
    const instances = [(await now.host.offer(capsule.id)).instance];
    expect(await read(now.host, capsule)).toBe("again");
    await now.host.close();
    for (let start = 0; start < 2; start++) {
      const again = await now.again();
      expect(await read(again.host, capsule)).toBe("again");
      instances.push((await again.host.offer(capsule.id)).instance);
      await again.close();
    }
    const named = await successions(now.store, capsule);
    expect(instances.map((instance) => named.get(instance))).toEqual([null, instances[0], instances[1]]);
    const last = await now.again();
    const audit = await last.owner.audit(capsule.id, { rehashContent: true });
    const { outcome, findings } = await audit.verdict();
    expect([outcome, findings]).toEqual(["proved", []]);
    await last.close();
  });

  it("at the same moment as five others, is served as they are: none keeps another from beginning for ever", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items, policy: viewers });
    const started = await Promise.all(Array.from({ length: 6 }, () => now.again()));
    expect(await Promise.all(started.map(({ host }) => read(host, capsule)))).toEqual(started.map(() => "again"));
    for (const one of started) await one.close();
    expect((await (await now.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("beside one that is still there, is served as well, and neither spoils the other's log", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items, policy: viewers });
    const beside = await now.again();
    const outcomes: string[] = [];
    for (let turn = 0; turn < 3; turn++)
      for (const { host } of [now, beside]) outcomes.push(await read(host, capsule).catch((error) => error.code));
    expect(outcomes).toEqual(Array.from({ length: 6 }, () => "again"));
    const atOnce = Array.from({ length: 8 }, (_, at) => read(at % 2 ? now.host : beside.host, capsule));
    expect(await Promise.all(atOnce)).toEqual(atOnce.map(() => "again"));
    await beside.close();
    await now.host.close();
    expect((await (await now.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("with the key file of another vault finds nothing there that is its own", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items, policy: viewers });
    const other = openEmbedded({
      store: now.store,
      keyFile: `${now.folder}/another.key`,
      passphrase,
      passphraseCost: { cost: 1024 },
      clock: now.clock.now,
    });
    await expect(other).rejects.toMatchObject({ name: "FogboundError" });
    expect(await read(now.host, capsule)).toBe("again");
  });
});

describe("Hosts of one capsule", () => {
  let all: Parties;
  afterEach(() => all.close());

  it("are two processes with a chain each, and the audit proves both", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const other = await all.newHost();
    const turns = Array.from({ length: 8 }, (_, at) => read(at % 2 ? all.host : other, capsule));
    expect(await Promise.all(turns)).toEqual(turns.map(() => "again"));
    await Promise.all([all.host.close(), other.close()]);
    const audit = await all.owner.audit(capsule.id);
    let accesses = 0;
    for await (const { bytes } of audit.accesses()) accesses += bytes / 5;
    expect(accesses).toBe(8);
    expect((await audit.verdict()).findings).toEqual([]);
  });

  it("register again when the authority has started anew", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    let authority = all.authority;
    const host = await all.newHost({
      authority: (real) =>
        liar(real, {
          publish: (...given) => authority.publish(...given),
          nonce: (...given) => authority.nonce(...given),
          register: (...given) => authority.register(...given),
          answer: (...given) => authority.answer(...given),
        }),
    });
    expect(await read(host, capsule)).toBe("again");
    await all.authority.close();
    authority = await all.restartedAuthority();
    expect(await read(host, capsule)).toBe("again");
    await authority.close();
    authority = await all.restartedAuthority();
    const reader = await Reader.open({
      subject: "local#holder",
      keys: { signing: all.readerKey },
      audience: [all.authority.member.id],
      clock: all.clock.now,
    });
    const ask = async () =>
      host.accessSigned(await reader.request(await host.offer(capsule.id), { item: "a.txt", action: "view" }), {
        address: null,
        country: null,
      });
    await expect(ask()).rejects.toMatchObject({ code: "MANIFEST_STALE", cause: { code: "HOST_UNPROVED" } });
    expect((await ask()).outcome).toBe("denied");
    await authority.close();
  });

  it("submit what a crash kept from the harmonizer, and the audit misses nothing", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    let away = false;
    const crashing = await all.newHost({
      harmonizer: (real) =>
        liar(real, {
          submitBatch: (batch, waiting) =>
            away
              ? Promise.reject(new FogboundError("HARMONIZER_UNREACHABLE", "crash"))
              : real.submitBatch(batch, waiting),
        }),
    });
    expect(await read(crashing, capsule)).toBe("again");
    away = true;
    // Stored, and not deposited: then the process is gone.
    await expect(read(crashing, capsule)).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    const before = await (await all.owner.audit(capsule.id)).verdict();
    expect(before.findings.map(({ code }) => code)).toContain("RECORD_UNRECEIPTED");
    const next = await all.newHost();
    expect(await read(next, capsule)).toBe("again");
    await next.close();
    const { findings } = await (await all.owner.audit(capsule.id)).verdict();
    expect(findings.map(({ code }) => code)).not.toContain("RECORD_UNRECEIPTED");
  });

  it("take back what a crash kept from the vault, and nothing is missing there afterwards", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const dead = await all.newHost();
    expect(await read(dead, capsule)).toBe("again");
    await dead.close();
    const batches: string[] = [];
    for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`))
      if (/\/\d{8}\/\d{8}$/.test(key)) batches.push(key);
    const last = batches.at(-1) ?? "";
    await all.vault.delete(last);
    expect(await read(await all.newHost(), capsule)).toBe("again");
    expect(await all.vault.head(last)).not.toBeNull();
    expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("serve on when a thief has put junk where the instance before would be", async () => {
    all = await parties();
    const capsule = await all.owner.seal({ items, policy: viewers });
    const junk = `capsules/${capsule.id}/instances/ins_${"a".repeat(26)}/00000001`;
    await all.vault.create(`${junk}/head`, new Uint8Array([1, 2, 3]));
    await all.vault.create(`${junk}/00000001`, new Uint8Array([1, 2, 3]));
    expect(await read(all.host, capsule)).toBe("again");
  });
});
