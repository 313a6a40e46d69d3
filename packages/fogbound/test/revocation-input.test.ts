import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Subject } from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { type Parties, parties } from "./parties.js";

let all: Parties;
beforeEach(async () => {
  all = await parties();
});
afterEach(() => all.close());

describe("What cannot be done to a capsule is a mistake of the caller, and changes nothing", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["a reader's name alone", "local#ann"],
    ["a reader without an issuer", { reader: "ann" }],
    ["two at once", { reader: "local#ann", host: `hst_${"a".repeat(26)}` }],
    ["a host that is none", { host: "here" }],
    ["an instance that is none", { instance: "ins_1" }],
    ["a misspelt kind", { readers: ["local#ann"] }],
  ])("revoking %s", async (_, what) => {
    const { id } = await all.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
    const revoking = all.owner.revoke(id, what as never);
    await expect(revoking).rejects.toBeInstanceOf(TypeError);
    await expect(revoking).rejects.toThrow(/^Expected one of \{ reader: /);
    expect((await all.owner.capsule(id)).version).toBe(1);
  });

  it("trusting a name without an issuer, or a reader of a capsule without a guard", async () => {
    const { id } = await all.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
    await expect(all.owner.trust(id, "ann" as Subject)).rejects.toThrow(TypeError);
    await expect(all.owner.trust(id, "local#ann")).rejects.toThrow(/^Expected a capsule that was sealed with fog/);
  });

  it("tracing the name of a file", async () => {
    const { id } = await all.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
    for (const given of [undefined, "leaked.csv", new Blob(["a"])])
      await expect(all.owner.trace(id, given as never)).rejects.toThrow(/^Expected a fragment as a stream of bytes/);
  });

  it("adding an auditor by the text of a key", async () => {
    const { id } = await all.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
    const adding = all.owner.addAuditor(id, "aud_x" as never, { from: "now" });
    await expect(adding).rejects.toThrow(/parseAuditorKey/);
    expect((await all.owner.capsule(id)).version).toBe(1);
  });
});
