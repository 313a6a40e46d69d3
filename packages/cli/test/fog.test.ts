import { localDisk } from "@fogbound/adapter-local-disk";
import { alertMailbox, type CapsuleId, collectAlerts, ObjectStore, ownerKeysOf, readKeyFile } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Desk, passphrase } from "./kit.js";

const [minute, day] = [60_000, 86_400_000];
let desk: Desk;

beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
});
afterEach(() => desk.close());

function listText(number: number): string {
  const rows = Array.from({ length: 40 }, (_, row) => {
    const id = String((number * 7_368_787 + row * 1_299_709) % 100_000_000).padStart(8, "0");
    return `C-${id},anna.berger${id.slice(2, 6)}@example.com,2024-0${1 + (row % 9)}-1${row % 10}\n`;
  });
  return `customer,email,since\n${rows.join("")}`;
}

async function writeLists(count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, number) => `list-${number}.csv`);
  for (const [number, name] of names.entries()) await desk.write(name, listText(number));
  return names;
}

const asAnn = ["--as", "ann.key"] as const;

describe("A capsule with a guard", () => {
  it("forced: a reader gets decoys, and decoy check names him by a few lines", async () => {
    await writeLists(2);
    await desk.write("fog.json", JSON.stringify({ forced: ["ann"], sealedDecoys: 1 }));
    const capsule = await desk.done("seal", "list-0.csv", "list-1.csv", "--allow", "ann", "--fog", "fog.json");
    const loot = await desk.done("view", capsule, "list-1.csv", ...asAnn);
    expect(`${loot}\n`).toHaveLength(listText(1).length);
    expect(`${loot}\n`).not.toBe(listText(1));
    await desk.write("leaked.txt", loot.split("\n").slice(7, 12).reverse().join("\n"));
    const table = await desk.done("decoy", "check", "leaked.txt");
    expect(table.split("\n")[1]).toMatch(/local#ann\s+list-1\.csv\s+cap_[a-z2-7]{52}\s+\d+$/);
    const { documents } = await desk.run(["decoy", "check", "leaked.txt", "--capsule", capsule, "--json"]);
    expect(documents).toMatchObject([
      { schema: "fogbound.decoy/1", found: [{ capsule, accesses: [{ reader: "local#ann" }] }] },
    ]);
    const { exitCode, stdout, stderr } = await desk.run(["decoy", "check", "list-1.csv"]);
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("nothing in it names a decoy that was served");
    expect(await desk.done("audit", capsule)).toMatch(/permitted \(fogged\)/);
    expect(`${await desk.done("view", capsule, "list-1.csv")}\n`).toBe(listText(1));
  });

  it("its terms are changed, and a reader is trusted again", async () => {
    await writeLists(1);
    const capsule = await desk.done("seal", "list-0.csv", "--allow", "ann", "--fog");
    await desk.write("fog.json", JSON.stringify({ forced: ["ann"] }));
    await desk.done("fog", "set", capsule, "fog.json");
    expect(`${await desk.done("view", capsule, "list-0.csv", ...asAnn)}\n`).not.toBe(listText(0));
    await desk.write("fog.json", JSON.stringify({ forced: [], response: "observe" }));
    await desk.done("fog", "set", capsule, "fog.json");
    await desk.done("fog", "trust", capsule, "ann");
    expect(`${await desk.done("view", capsule, "list-0.csv", ...asAnn)}\n`).toBe(listText(0));
  });

  it("asks who surprised it before; an answer comes from a file, and without one nobody is let in", async () => {
    const names = await writeLists(30);
    const questions = [{ question: "Which lake?", answer: "Bodensee" }];
    await desk.write("fog.json", JSON.stringify({ readers: [{ reader: "ann", zone: "Europe/Vienna", questions }] }));
    const capsule = await desk.done("seal", ...names, "--allow", "ann", "--fog", "fog.json");
    await behaveStrangely(capsule, names);
    const refused = await desk.run(["view", capsule, "list-3.csv", ...asAnn]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/Challenged: Which lake\?.*--answer-file FILE/);
    await desk.write("answer.txt", "bodensee\n");
    const served = await desk.done("view", capsule, "list-3.csv", ...asAnn, "--answer-file", "answer.txt");
    expect(`${served}\n`).toBe(listText(3));
    expect(await desk.done("audit", capsule)).toMatch(/permitted \(passed\)/);
  });
});

describe("A capsule of honey", () => {
  it("is sealed from nothing, gives decoys to everybody, and puts a letter into the mailbox for each access", async () => {
    const bait = ["--honey", "passwords", "--honey", "salaries"];
    const capsule = await desk.done("seal", ...bait, "--allow", "ann", "--action", "view");
    const { documents } = await desk.run(["list", capsule, "--json"]);
    const names = [...JSON.stringify(documents).matchAll(/(?:passwords|salaries)-202\d\.csv/g)].map(([name]) => name);
    expect(names).toHaveLength(2);
    const [item = ""] = names;
    const own = await desk.done("view", capsule, item);
    const loot = await desk.done("view", capsule, item, ...asAnn);
    expect([loot.length, loot.split("\n")[0]]).toEqual([own.length, own.split("\n")[0]]);
    expect(loot).not.toBe(own);
    expect(await desk.done("audit", capsule)).toMatch(/permitted \(fogged\)/);
    expect(await lettersOfAccess(capsule, item)).toEqual([expect.stringMatching(/local#ann.*no(body)? .*reason/)]);
  });

  it.each([
    [["--honey", "jewels"], /Expected passwords, salaries, customers, keys after --honey, got "jewels"/],
    [["--honey", "keys", "--honey", "keys"], /Expected each kind of --honey once, got keys twice/],
    [["--honey", "keys", "report.pdf"], /Expected no files beside --honey, got report\.pdf/],
    [[], /Missing required argument 'path'.*--honey KIND/],
  ])("is refused: %s", async (typed, says) => {
    const ran = await desk.run(["seal", ...typed, "--allow", "ann"]);
    expect([ran.exitCode, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(says);
  });
});

/** One more access, through a host that puts alerts into a store of its own. @returns what the owner finds there */
async function lettersOfAccess(id: string, item: string): Promise<readonly string[]> {
  const capsule: CapsuleId = `cap_${id.slice(4)}`;
  const store = await ObjectStore.open(localDisk({ directory: desk.path("vault") }));
  const box = await ObjectStore.open(localDisk({ directory: desk.path("box") }));
  const keyFile = desk.path("..", "config", "fogbound", "owner.key");
  const ring = await readKeyFile(keyFile, passphrase);
  if (ring === null) throw new Error("Expected the owner's key file, got none.");
  const keys = await ownerKeysOf(ring);
  const alerts = alertMailbox(box, keys.read.publicKey);
  const embedded = await openEmbedded({ store, keyFile, passphrase, alerts });
  try {
    const session = await embedded.host.sessionFor("local#ann", { address: "192.0.2.7" });
    const access = await embedded.host.access(session, { capsule, item, action: "view" });
    expect(access.outcome).toBe("permitted");
    await alerts.settled();
    const letters: string[] = [];
    for await (const { sentence } of collectAlerts(box, capsule, keys)) letters.push(sentence);
    return letters;
  } finally {
    await close(embedded, store);
    await box.close();
  }
}

/** A month of work, and then everything at night, by a host whose clock is behind: it ends a minute ago. */
async function behaveStrangely(id: string, names: readonly string[]): Promise<void> {
  const capsule: CapsuleId = `cap_${id.slice(4)}`;
  const now = Date.now();
  let time = now - 31 * day;
  const store = await ObjectStore.open(localDisk({ directory: desk.path("vault") }));
  const keyFile = desk.path("..", "config", "fogbound", "owner.key");
  const embedded = await openEmbedded({ store, keyFile, passphrase, clock: () => time });
  const ask = async (name: string): Promise<string> => {
    const session = await embedded.host.sessionFor("local#ann", { address: "192.0.2.7" });
    const access = await embedded.host.access(session, { capsule, item: name, action: "view" });
    if (access.outcome === "permitted") await new Response(access.read()).text();
    return access.outcome;
  };
  try {
    await month(ask, names, () => {
      time += 8 * 60 * minute;
    });
    time = now - 20 * minute;
    for (const name of names.slice(2)) {
      time += 4000;
      if ((await ask(name)) === "challenged") return;
    }
    throw new Error("Expected to be asked, was not.");
  } finally {
    await close(embedded, store);
  }
}

async function month(
  ask: (name: string) => Promise<string>,
  names: readonly string[],
  wait: () => void,
): Promise<void> {
  for (let turn = 0; turn < 85; turn++) {
    wait();
    await ask(names[turn % 2] ?? "");
  }
}

async function close(embedded: Embedded, store: ObjectStore): Promise<void> {
  await embedded.close();
  await store.close();
}

describe("What is typed wrong", () => {
  it.each([
    ["{", 2, /Expected JSON in fog\.json/],
    ["[]", 2, /Expected an object with response/],
    ['{"respond":"fog"}', 2, /got "respond"/],
    ['{"response":"run"}', 2, /Expected "response" in fog\.json to be observe, challenge, fog/],
    ['{"alarmsPerMonth":"one"}', 2, /Expected "alarmsPerMonth" in fog\.json to be a number/],
    ['{"honey":1}', 2, /true or false/],
    ['{"forced":"ann"}', 2, /a list/],
    ['{"readers":[{"reader":"ann","totp":"0189"}]}', 2, /base32/],
    ['{"readers":[{"name":"ann"}]}', 2, /got "name"/],
    ['{"readers":[{"reader":"ann","questions":[{"question":"?"}]}]}', 2, /Expected "answer"/],
    ['{"readers":[{"reader":"ann","zone":"Middle/Earth"}]}', 2, /Expected a time zone/],
    ['{"sealedDecoys":99}', 2, /from 0 to 15/],
    ['{"decoys":["other.csv"]}', 2, /Expected fog\.decoys to name items/],
  ])("is refused: %s", async (text, exitCode, says) => {
    await writeLists(1);
    await desk.write("fog.json", text);
    const ran = await desk.run(["seal", "list-0.csv", "--allow", "ann", "--fog", "fog.json"]);
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, ""]);
    expect(ran.stderr).toMatch(says);
  });

  it("decoys cannot be changed later, and there is no capsule to trust for", async () => {
    await writeLists(1);
    const capsule = await desk.done("seal", "list-0.csv", "--allow", "ann");
    await desk.write("fog.json", '{"sealedDecoys":1}');
    expect(await desk.run(["fog", "set", capsule, "fog.json"])).toMatchObject({ exitCode: 2 });
    await desk.write("fog.json", '{"honey":true}');
    const without = await desk.run(["fog", "set", capsule, "fog.json"]);
    expect([without.exitCode, without.stderr]).toEqual([2, expect.stringContaining("sealed with fog")]);
    expect(await desk.run(["decoy", "check", "nowhere.csv"])).toMatchObject({ exitCode: 7 });
  });
});
