import { afterEach, expect, it } from "vitest";
import type { Item } from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
afterEach(() => all.close());

it("10,000 items are one capsule, 10,001 are not, and the last is served like the first", async () => {
  all = await parties();
  const empty = new Uint8Array();
  const items = Array.from({ length: 9_999 }, (_, at): Item => ({ name: `folder/${at}.txt`, content: empty }));
  const last = textItem("last.txt", "the last");
  const [first = last, ...rest] = items;
  const request = { items: [first, ...rest, last], policy: viewers } as const;
  const tooMany = { ...request, items: [first, ...rest, last, textItem("more.txt", "")] } as const;
  await expect(all.owner.seal(tooMany)).rejects.toBeInstanceOf(TypeError);
  const capsule = await all.owner.seal(request);
  const session = await sessionOf(all.host);
  for (const [name, text] of [
    ["folder/0.txt", ""],
    ["last.txt", "the last"],
  ] as const) {
    const access = await all.host.access(session, { capsule: capsule.id, item: name, action: "view" });
    if (access.outcome !== "permitted") throw new Error(access.outcome);
    expect(await readText(access.read())).toBe(text);
  }
  await all.host.close();
  expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
}, 300_000);
