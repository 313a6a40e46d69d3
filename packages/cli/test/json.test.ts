import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cheap, Desk, type Document } from "./kit.js";

const capsuleId = expect.stringMatching(/^cap_[a-z2-7]{52}$/);
const publicKey = expect.stringMatching(/^rdr_[a-z2-7]{52}$/);

// In order, as a script would: nothing but documents on stdout, and only what --quiet lets through on stderr.
describe("--json", () => {
  let desk: Desk;
  let capsule = "";

  beforeAll(async () => {
    desk = await Desk.open();
    await desk.write("a.txt", "abc");
  });

  afterAll(() => desk.close());

  const documents = async (exit: number, ...argv: readonly string[]): Promise<readonly Document[]> => {
    const ran = await desk.run([...argv, "--json", "--quiet"]);
    expect({ argv, exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ argv, exitCode: exit, stderr: ran.stderr });
    if (exit === 0 && argv[0] !== "verify") expect(ran.stderr).toBe("");
    for (const line of ran.stdout.trimEnd().split("\n")) expect(line).toMatch(/^\{"schema":"fogbound\.[a-z]+\/1",/);
    return ran.documents;
  };

  it("init, key, reader", async () => {
    expect(await documents(0, "init", "--recovery-key", "r.txt", ...cheap)).toEqual([
      {
        schema: "fogbound.init/1",
        owner: expect.stringMatching(/^own_/),
        config: desk.path("fogbound.json"),
        keyFile: expect.stringMatching(/owner\.key$/),
        store: expect.stringMatching(/^file:\/\/\//),
        recoveryFile: desk.path("r.txt"),
      },
    ]);
    const key = { schema: "fogbound.key/1", kind: "reader", publicKey, path: desk.path("ann.key") };
    const [made] = await documents(0, "key", "new", "-o", "ann.key", ...cheap);
    expect(made).toEqual(key);
    expect(await documents(0, "key", "show", "ann.key")).toEqual([made]);
    const ann = { name: "ann", publicKey: made?.publicKey };
    expect(await documents(0, "reader", "add", "ann", String(ann.publicKey))).toEqual([
      { schema: "fogbound.reader/1", reader: "local#ann", ...ann },
    ]);
    expect(await documents(0, "reader", "list")).toEqual([{ schema: "fogbound.reader/1", readers: [ann] }]);
  });

  it("seal, list, policy", async () => {
    const [sealed] = await documents(0, "seal", "a.txt", "--allow", "ann", "--action", "view", "--action", "download");
    expect(sealed).toEqual({
      schema: "fogbound.seal/1",
      capsule: capsuleId,
      version: 1,
      state: "published",
      items: ["a.txt"],
    });
    capsule = String(sealed?.capsule);
    expect(await documents(0, "list")).toEqual([
      { schema: "fogbound.list/1", capsule, version: 1, state: "published" },
    ]);
    expect(await documents(0, "list", capsule)).toEqual([
      {
        schema: "fogbound.list/1",
        capsule,
        version: 1,
        state: "published",
        items: [{ name: "a.txt", mediaType: "text/plain", bytes: 3 }],
      },
    ]);
    const [shown] = await documents(0, "policy", capsule);
    expect(shown).toEqual({
      schema: "fogbound.policy/1",
      capsule,
      version: 1,
      mode: "access-log",
      cedar: expect.stringContaining('Reader::"local#ann"'),
    });
    await desk.write("p.cedar", String(shown?.cedar));
    expect(await documents(0, "policy", capsule, "--set", "p.cedar")).toEqual([
      { schema: "fogbound.policy/1", capsule, version: 2, state: "published", cedar: shown?.cedar },
    ]);
  });

  it("download, publish, revoke, and a refusal", async () => {
    const argv = ["download", capsule, "--as", "ann.key", "--to"];
    expect(await documents(0, ...argv, "out")).toEqual([
      {
        schema: "fogbound.download/1",
        capsule,
        saved: [{ item: "a.txt", path: desk.path("out", "a.txt"), bytes: 3 }],
        refused: [],
      },
    ]);
    expect(await documents(0, "publish", capsule)).toEqual([
      { schema: "fogbound.publish/1", capsule, version: 2, state: "read" },
    ]);
    expect(await documents(0, "revoke", capsule, "--reader", "ann")).toEqual([
      { schema: "fogbound.revoke/1", capsule, version: 3, state: "read", revoked: { reader: "local#ann" } },
    ]);
    expect(await documents(3, ...argv, "out2")).toEqual([
      {
        schema: "fogbound.download/1",
        capsule,
        saved: [],
        refused: [expect.stringMatching(/^a\.txt: Refused: revoked/)],
      },
    ]);
  });

  it("audit: a line for each access, then the verdict", async () => {
    // The first keeps a pin, which those after it name.
    await documents(0, "audit", capsule);
    const lines = await documents(0, "audit", capsule);
    expect(lines.map(({ schema, type }) => [schema, type])).toEqual([
      ["fogbound.audit/1", "access"],
      ["fogbound.audit/1", "access"],
      ["fogbound.audit/1", "verdict"],
    ]);
    expect(lines[0]).toMatchObject({
      capsule,
      reader: "local#ann",
      item: "a.txt",
      action: "download",
      outcome: "permitted",
      bytes: 3,
    });
    expect(lines[1]).toMatchObject({ outcome: "denied", bytes: 0 });
    expect(new Date(String(lines[0]?.time)).toISOString()).toBe(lines[0]?.time);
    expect(lines[2]).toMatchObject({
      capsule,
      verdict: { outcome: "proved", proved: expect.arrayContaining(["receipts"]), findings: [] },
    });
    expect(await documents(0, "audit")).toEqual(lines);
  });

  it("export and verify", async () => {
    const [exported] = await documents(0, "export", capsule, "-o", "e.fog");
    expect(exported).toEqual({
      schema: "fogbound.export/1",
      capsule,
      path: desk.path("e.fog"),
      bytes: expect.any(Number),
    });
    const [verified] = await documents(0, "verify", "e.fog", "--trust", capsule);
    expect(verified).toMatchObject({ schema: "fogbound.verify/1", file: desk.path("e.fog"), trust: capsule });
    const [untrusted] = await documents(5, "verify", "e.fog");
    expect(untrusted).toMatchObject({ trust: null, verdict: { outcome: "incomplete" } });
    const [inStore] = await documents(0, "verify", capsule);
    expect(inStore).toMatchObject({
      schema: "fogbound.verify/1",
      capsule,
      trust: capsule,
      verdict: { outcome: "proved" },
    });
  });

  it("what is revoked for everybody, and a failure", async () => {
    expect(await documents(0, "revoke", capsule, "--yes")).toEqual([
      { schema: "fogbound.revoke/1", capsule, version: 4, state: "revoked", revoked: "everything" },
    ]);
    expect(await documents(3, "download", capsule, "--as", "ann.key", "--to", "out3")).toEqual([
      {
        schema: "fogbound.error/1",
        code: "HOST_UNPROVED",
        message: expect.stringContaining("the owner revoked it"),
        retryable: false,
        exitCode: 3,
      },
    ]);
  });

  it("doctor and reader remove", async () => {
    const [checked] = await documents(0, "doctor");
    expect(checked).toMatchObject({
      schema: "fogbound.doctor/1",
      exitCode: 0,
      checks: expect.any(Array),
      settings: expect.any(Array),
    });
    expect(await documents(0, "reader", "remove", "ann")).toEqual([{ schema: "fogbound.reader/1", removed: "ann" }]);
  });
});
