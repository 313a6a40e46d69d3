import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../src/program.js";
import { Desk, expectNoStackTrace } from "./kit.js";

const missing = `cap_${"a".repeat(52)}`;
const someKey = `rdr_${"a".repeat(52)}`;

type Wrong = readonly [typed: string, exitCode: number, says: RegExp];

/** What can be said before a key is opened. */
const atOnce: readonly Wrong[] = [
  ["", 2, /Expected a verb after "fogbound", got none\. See "fogbound --help"/],
  ["--json", 2, /Expected a verb/],
  ["sael report.pdf", 2, /Unknown command 'sael' \(Did you mean seal\?\)/],
  ["list --colour", 2, /Unknown option '--colour'.*fogbound list --help/],
  ["list --store file:./a --store file:./b", 2, /Expected --store once/],
  ["list --store", 2, /Option '--store <url>' argument missing/],
  ["list --store vault", 2, /Expected a store URL such as file:\.\/vault/],
  ["list --store ftp://x/y", 2, /Expected a store URL that begins with file:, s3: or azblob:, got "ftp:"/],
  ["list --store memory:", 2, /memory: store ends with the process/],
  ["list --store s3://vault?bucket=other", 2, /Expected an s3: URL with no more than endpoint/],
  ["list --store azblob://vault", 2, /Expected azblob:\/\/account\/container\/prefix/],
  ["list --store https://me:hunter2@x", 2, /carries a password/],
  ["list --store file:./nowhere", 7, /There is no store at .*nowhere.*fogbound init/],
  ["list --key-file nowhere.key", 7, /There is no key file .*nowhere\.key/],
  ["list --config nowhere.json", 7, /There is no config file nowhere\.json/],
  ["list --config .", 2, /Expected a config file/],
  ["init --config other.json --key-file other.key", 2, /no terminal to show it on\. Give --recovery-key FILE/],
  ["init --recovery-key r.txt --passphrase-cost 1000", 2, /power of two/],
  ["init --recovery-key vault/r.txt --key-file a.key --config b.json", 2, /lies in the store/],
  ["init --recovery-key r.txt --key-file vault/a.key --config b.json", 2, /lies in the store/],
  ["help lst", 2, /Expected a verb after "fogbound", got "lst"\. See "fogbound --help"/],
  ["help key make", 2, /Expected a verb after "fogbound key", got "make"\. See "fogbound key --help"/],
  ["key", 2, /Expected a verb after "fogbound key", got none/],
  ["key make", 2, /Unknown command 'make'/],
  ["key new -o vault/a.key", 2, /lies in the store/],
  ["key new -o ann.key --passphrase-cost 1024", 1, /is a file at .*ann\.key already/],
  ["key show", 2, /Missing required argument 'file'/],
  ["key show nowhere.key", 7, /There is no key file/],
  ["key show report.pdf", 8, /may be used by others \(mode 644\).*chmod 600/],
  ["reader", 2, /Expected a verb after "fogbound reader"/],
  ["reader add bob", 2, /Missing required argument 'public-key'.*fogbound reader add \[options\] <name> <public-key>/],
  ["reader add bob rdr_short", 2, /rdr_/],
  [`reader add a#b ${someKey}`, 2, /Expected a reader's name without "#"/],
  ["reader list ann", 2, /Too many arguments/],
  ["reader remove bob", 7, /There is no reader "bob"/],
  ["seal", 2, /Missing required argument 'path'/],
  ["seal report.pdf", 2, /Expected one of --allow NAME, --policy FILE and --record-only, got none/],
  ["seal report.pdf --allow ann --record-only", 2, /got several/],
  ["seal report.pdf --allow bob", 2, /There is no reader "bob"; known are ann.*fogbound reader add "bob" PUBLIC-KEY/],
  ["seal report.pdf --allow ann --action print", 2, /Expected view or download after --action, got "print"/],
  ["seal report.pdf --allow ann --until tomorrow", 2, /Expected a day such as 2027-01-31/],
  ["seal report.pdf --allow ann --until 2027-02-30", 2, /Expected a day/],
  ["seal report.pdf --allow ann --until 2027-01-01 --until 2028-01-01", 2, /Expected --until once/],
  ["seal report.pdf --allow ann --uses 0", 2, /Expected a whole number from 1/],
  ["seal report.pdf --allow ann --from home", 2, /home/],
  ["seal report.pdf --allow ann --lease soon", 2, /--lease, got "soon"/],
  ["seal report.pdf --record-only --until 2027-01-01", 2, /--until restricts --allow, and would not hold/],
  ["seal report.pdf --policy nowhere.cedar", 7, /There is no policy file nowhere\.cedar/],
  ["seal report.pdf --policy broken.cedar", 2, /broken\.cedar: line 1, column \d+/],
  ["seal report.pdf --allow ann --fog nowhere.json", 7, /There is no file nowhere\.json/],
  ["fog", 2, /Expected a verb after "fogbound fog", got none/],
  [`fog set ${missing} nowhere.json`, 7, /There is no file nowhere\.json/],
  [`fog set ${missing}`, 2, /Missing required argument 'file'/],
  [`fog trust ${missing} a#`, 2, /Expected a reader's name/],
  ["decoy", 2, /Expected a verb after "fogbound decoy", got none/],
  ["decoy check", 2, /Missing required argument 'file'/],
  ["decoy check nowhere.csv", 7, /There is no file nowhere\.csv/],
  ["seal nowhere.pdf --allow ann", 7, /There is no file or folder .*nowhere\.pdf/],
  ["seal vault --allow ann", 2, /is the store itself/],
  ["view", 2, /Missing required argument 'capsule'/],
  ["view cap_a", 2, /Missing required argument 'item'/],
  ["view cap_a report.pdf more", 2, /Too many arguments/],
  ["view cap_a report.pdf --json", 2, /no JSON fits/],
  ["download cap_a", 2, /Required option '--to <folder>' not specified/],
  ["policy", 2, /Missing required argument 'capsule'/],
  ["policy cap_a --set nowhere.cedar", 7, /There is no policy file/],
  ["policy cap_a --set broken.cedar", 2, /broken\.cedar: line 1/],
  ["revoke", 2, /Missing required argument/],
  ["revoke cap_a", 2, /Revoke everything of cap_a\?.*give --yes/],
  ["revoke cap_a --reader ann --reader bob", 2, /Expected --reader once/],
  ["revoke cap_a --reader ann --host hst_x", 2, /got several/],
  ["revoke cap_a --host hst_x", 2, /Expected a whole id after --host/],
  ["revoke cap_a --instance ins_x", 2, /Expected a whole id after --instance/],
  ["publish", 2, /Missing required argument/],
  ["audit --since yesterday", 2, /Expected a duration such as 30m.* or a day such as 2026-11-23/],
  ["audit cap_a cap_b", 2, /Too many arguments/],
  ["verify", 2, /Missing required argument 'file-or-capsule'/],
  ["verify nowhere.fog", 7, /There is no file nowhere\.fog, and it is no capsule id/],
  ["verify report.pdf --trust cap_a", 2, /Expected a whole capsule id after --trust/],
  ["acknowledge", 2, /Missing required argument 'finding'/],
  ["acknowledge 1a2b3c4d", 2, /Expected a reason: --because TEXT/],
  ["acknowledge FIRE --because fire", 2, /Expected a finding's name/],
  ["erase", 2, /Missing required argument 'capsule'/],
  ["erase cap_a --because asked", 2, /Expected --instance ID and --epoch N/],
  ["erase cap_a --instance ins_x --epoch 1 --because asked", 2, /Expected a whole id after --instance/],
  [`erase cap_a --instance ins_${"a".repeat(26)} --epoch 0 --because asked`, 2, /Expected a whole number from 1/],
  [`erase cap_a --instance ins_${"a".repeat(26)} --epoch 1`, 2, /Expected a reason: --because TEXT/],
  [`erase cap_a --instance ins_${"a".repeat(26)} --epoch 1 --because asked`, 2, /cannot be undone.*give --yes/],
  ["drop", 2, /Missing required argument 'capsule'/],
  ["drop cap_a cap_b", 2, /Too many arguments/],
  ["sync", 2, /Missing required argument 'from'/],
  ["sync file:./vault", 2, /Missing required argument 'to'/],
  ["seal report.pdf --allow ann --retain-days soon", 2, /--retain-days, got "soon"/],
  ["export", 2, /Missing required argument/],
  ["export cap_a --json", 2, /Give -o FILE/],
  ["export cap_a -o report.pdf", 1, /Give --force to replace it/],
  ["rewrap", 2, /Missing required argument 'capsule'/],
  ["rewrap cap_a cap_b", 2, /Too many arguments/],
  ["reseal", 2, /Missing required argument 'capsule'/],
  ["auditor", 2, /Expected a verb after "fogbound auditor"/],
  ["auditor add cap_a", 2, /Missing required argument 'public-key'/],
  [`auditor add cap_a ${someKey}`, 2, /Expected an auditor's public key.*fogbound key new --auditor/],
  ["auditor add cap_a aud_x --from later", 2, /Expected now or beginning after --from, got "later"/],
  ["auditor remove cap_a aud_x", 2, /Expected an auditor's public key/],
  ["auditor list", 2, /Missing required argument 'capsule'/],
  ["recover --all", 2, /Required option '--to <folder>' not specified/],
  ["recover --to out --recovery-key recovery.txt", 2, /Expected a capsule, or --all/],
  ["recover cap_a --all --to out", 2, /Expected a capsule, or --all/],
  ["recover --all --to vault/out", 2, /lies in the store/],
  ["recover --all --to out", 2, /no terminal to ask on\. Give --recovery-key FILE/],
  ["recover --all --to out --recovery-key nowhere.txt", 7, /There is no file .*nowhere\.txt/],
  ["import", 2, /Missing required argument 'file'/],
  ["import nowhere.fog", 7, /There is no file .*nowhere\.fog/],
  ["key new --auditor -o vault/a.key", 2, /lies in the store/],
  ["doctor --dry-run", 2, /Expected --sweep with --older-than or --dry-run/],
  ["doctor --sweep --older-than soon", 2, /Expected a duration such as 30m/],
  ["doctor now", 2, /Too many arguments/],
  ["doctor --store file:./nowhere", 7, /^$/],
];

/** What has to be looked for in the store. */
const lookedUp: readonly Wrong[] = [
  ["list report.pdf", 2, /Expected a capsule id or the beginning of one.*got "report\.pdf"/],
  ["list cap_", 2, /Expected a capsule id/],
  [`list ${missing}`, 7, /The store has no capsule|cap_aaaa/],
  ["view cap_aaaaaa report.pdf", 7, /no capsule whose id begins with cap_aaaaaa/],
  [`view ${missing} report.pdf`, 7, /./],
  ["view CAPSULE nothing.pdf", 7, /nothing\.pdf/],
  ["view CAPSULE nothing.pdf --as ann.key", 7, /nothing\.pdf/],
  ["view CAPSULE report.pdf --as stranger.key", 3, /belongs to no reader known here.*fogbound reader add NAME rdr_/],
  ["view CAPSULE report.pdf --as nowhere.key", 7, /There is no key file .*fogbound key new.*--as/],
  ["view CAPSULE report.pdf --as ann.key --address home", 2, /Expected an IPv4 or IPv6 address/],
  ["view CAPSULE report.pdf --purpose care", 2, /Give --as KEYFILE/],
  ["download CAPSULE nothing.pdf --to out", 7, /nothing\.pdf/],
  ["download CAPSULE --to report.pdf", 1, /There is a file at .*report\.pdf already.*a folder: name one/],
  ["download CAPSULE --to report.pdf/out", 1, /There is a file at .*a folder: name one/],
  ["policy cap_aaaaaa", 7, /no capsule/],
  [`policy ${missing} --set view.cedar`, 7, /./],
  [`revoke ${missing} --reader ann`, 7, /./],
  ["revoke CAPSULE --reader anne", 2, /There is no reader "anne"; known are ann\..*give --reader "local#anne"/],
  [`publish ${missing}`, 7, /The store has no capsule|cap_aaaa/],
  [`audit ${missing}`, 7, /The store has no capsule|cap_aaaa/],
  [`audit ${missing} --repair`, 7, /./],
  [`drop ${missing}`, 7, /./],
  [`acknowledge 1a2b3c4d --because fire --capsule CAPSULE`, 7, /No audit finds anything named 1a2b3c4d/],
  [`erase CAPSULE --instance ins_${"a".repeat(26)} --epoch 1 --because asked --yes`, 2, /Expected an epoch that is in/],
  [`export ${missing} -o none.fog`, 7, /./],
  [`verify ${missing}`, 7, /The store has no capsule|cap_aaaa/],
  [`verify CAPSULE --trust ${missing}`, 2, /Expected the capsule that --trust names/],
  ["verify report.pdf", 1, /Expected/],
];

describe("wrong arguments", () => {
  let desk: Desk;
  let capsule = "";

  beforeAll(async () => {
    desk = await Desk.initialised();
    await desk.reader("ann");
    await desk.done("key", "new", "-o", "stranger.key", "--passphrase-cost", "1024");
    await desk.write("report.pdf", "a report");
    await desk.write("broken.cedar", "permit everything;");
    capsule = await desk.done("seal", "report.pdf", "--allow", "ann");
    await desk.write("view.cedar", await desk.done("policy", capsule));
  });

  afterAll(() => desk.close());

  it.each([...atOnce, ...lookedUp])("fogbound %s -> %i", async (typed, expected, says) => {
    const argv = typed.split(" ").filter((word) => word !== "");
    const { exitCode, stdout, stderr } = await desk.run(argv.map((word) => (word === "CAPSULE" ? capsule : word)));
    expect({ exitCode, stderr }).toEqual({ exitCode: expected, stderr: expect.stringMatching(says) });
    if (!argv.includes("--json") && argv[0] !== "doctor") expect(stdout).toBe("");
    expect(stderr).not.toContain("hunter2");
    expectNoStackTrace(stderr);
  });

  it.each([
    ["help key new", "fogbound key new -o ann.key"],
    ["help view", "fogbound view cap_7k2m"],
    ["help key", "Usage: fogbound key"],
    ["help", "First steps:"],
  ])("fogbound %s", async (typed, says) => {
    const { exitCode, stdout } = await desk.run(typed.split(" "));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(says) });
  });

  it("the README names every verb", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    const named = new Set([...readme.matchAll(/`([a-z]+)(?: [a-z]+)?`/g)].map(([, verb]) => verb));
    for (const names of verbs()) expect(named).toContain(names.split(" ")[0]);
  });

  it("every verb stands in the table", () => {
    const tried = new Set([...atOnce, ...lookedUp].map(([typed]) => typed));
    for (const verb of verbs())
      expect(
        [...tried].some((typed) => typed === verb || typed.startsWith(`${verb} `)),
        verb,
      ).toBe(true);
  });

  it("under --json the failure is a document too", async () => {
    const { exitCode, documents, stderr } = await desk.run(["view", "cap_aaaaaa", "x", "--json"]);
    expect(documents).toEqual([
      { schema: "fogbound.error/1", code: "WRONG_USAGE", message: expect.any(String), retryable: false, exitCode },
    ]);
    expect(stderr).toContain("Use download --json");
  });

  it("a beginning that two capsules share is not guessed at", async () => {
    const ids = new Set([capsule]);
    const shared = (): string | undefined =>
      [...ids].map((id) => id.slice(0, 5)).find((one, at, all) => all.indexOf(one) < at);
    while (shared() === undefined) ids.add(await desk.done("seal", "report.pdf", "--record-only"));
    const { exitCode, stderr } = await desk.run(["list", shared() ?? ""]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Several capsules begin with cap_.*Type more of the id/);
  });
});

describe("help", () => {
  const run = async (...argv: readonly string[]): Promise<string> => {
    const desk = await Desk.open();
    const { exitCode, stdout, stderr } = await desk.run(argv);
    await desk.close();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  };

  it("names every verb, the variables and the exit codes, in 80 columns", async () => {
    const help = await run("--help");
    for (const verb of verbs()) expect(help).toContain(`\n  ${verb.split(" ")[0]} `);
    for (const word of ["FOGBOUND_PASSPHRASE_COMMAND", "NO_COLOR", "130 interrupted"]) expect(help).toContain(word);
    expect(help.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it.each(verbs())("fogbound %s --help ends with an example that parses", async (verb) => {
    const help = await run(...verb.split(" "), "--help");
    for (const flag of ["--json", "--quiet", "--config", "--store", "--key-file", "--yes"])
      expect(help).toContain(flag);
    const example = /\nExample:\n {2}fogbound ([^\n]+)\n$/.exec(help)?.[1] ?? "";
    expect(example.startsWith(verb)).toBe(true);
    const words = example
      .replace(/ > .*$/, "")
      .replace(/"\$\([^)]*\)"/, someKey)
      .split(" ");
    let performed = 0;
    const perform = async (): Promise<void> => {
      performed += 1;
    };
    await buildProgram({ perform, show: () => undefined, columns: 80 }).parseAsync(words, { from: "user" });
    expect(performed).toBe(1);
  });

  it("fogbound help VERB says the same as VERB --help", async () => {
    expect(await run("help", "seal")).toBe(await run("seal", "--help"));
    expect(await run("help")).toBe(await run("--help"));
  });

  it("--version prints the package's version alone", async () => {
    expect(await run("--version")).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});

function verbs(): readonly string[] {
  const program = buildProgram({ perform: async () => undefined, show: () => undefined, columns: 80 });
  const below = (command: Command, path: string): readonly string[] =>
    command.commands.length === 0
      ? [path]
      : command.commands.flatMap((one) => below(one, `${path} ${one.name()}`.trim()));
  return below(program, "");
}
