import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfig } from "../src/config.js";
import { CommandFailure } from "../src/failure.js";
import { Desk } from "./kit.js";

describe("settings", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.open();
  });

  afterEach(() => desk.close());

  const settings = async (argv: readonly string[], options: Parameters<Desk["run"]>[1] = {}) => {
    const { documents } = await desk.run(["doctor", "--json", ...argv], options);
    const rows: unknown = documents[0]?.settings;
    if (!Array.isArray(rows)) throw new Error("Expected the settings in doctor's document.");
    return rows;
  };
  const row = (setting: string, value: string, from: string) => expect.objectContaining({ setting, value, from });

  it("come from flag, variable, file and default, in this order, and doctor says from where", async () => {
    const defaultKey = join(desk.environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");
    expect(await settings([])).toEqual(
      expect.arrayContaining([row("store", "none", "default"), row("keyFile", defaultKey, "default")]),
    );
    await desk.write("fogbound.json", JSON.stringify({ store: "file:./of-file", keyFile: "of-file.key" }));
    const file = desk.path("fogbound.json");
    expect(await settings([])).toEqual(
      expect.arrayContaining([
        row("config", file, "found"),
        row("store", url("of-file"), file),
        row("keyFile", desk.path("of-file.key"), file),
      ]),
    );
    const environment = { FOGBOUND_STORE: "file:./of-variable", FOGBOUND_KEY_FILE: "v.key", FOGBOUND_AS: "me.key" };
    expect(await settings([], { environment })).toEqual(
      expect.arrayContaining([
        row("store", url("of-variable"), "FOGBOUND_STORE"),
        row("keyFile", desk.path("v.key"), "FOGBOUND_KEY_FILE"),
        row("as", desk.path("me.key"), "FOGBOUND_AS"),
      ]),
    );
    expect(await settings(["--store", "file:./of-flag", "--key-file", "f.key"], { environment })).toEqual(
      expect.arrayContaining([
        row("store", url("of-flag"), "--store"),
        row("keyFile", desk.path("f.key"), "--key-file"),
      ]),
    );
  });

  it("flags may stand before the verb as well", async () => {
    const { documents } = await desk.run(["--json", "--store", "file:./x", "doctor"]);
    expect(documents[0]?.settings).toEqual(expect.arrayContaining([row("store", url("x"), "--store")]));
  });

  it("a config in a parent folder counts, with paths from its own folder; a variable set to nothing does not", async () => {
    await desk.write("fogbound.json", JSON.stringify({ store: "file:./vault" }));
    const below = desk.path("one", "two");
    await mkdir(below, { recursive: true });
    const options = { directory: below, environment: { FOGBOUND_STORE: "", FOGBOUND_CONFIG: "" } };
    expect(await settings([], options)).toEqual(
      expect.arrayContaining([row("store", url("vault"), desk.path("fogbound.json"))]),
    );
  });

  it("FOGBOUND_CONFIG names one, and one that is named has to be there", async () => {
    await desk.write("other.json", JSON.stringify({ push: { seconds: 60, bytes: 1000 } }));
    expect(await settings([], { environment: { FOGBOUND_CONFIG: "other.json" } })).toEqual(
      expect.arrayContaining([row("push", "60 s, 1000 B", desk.path("other.json"))]),
    );
    expect((await desk.run(["doctor"], { environment: { FOGBOUND_CONFIG: "none.json" } })).exitCode).toBe(7);
  });

  it("init writes the config it is told to, whatever a parent's says, and init's paths are read back", async () => {
    await desk.write("fogbound.json", JSON.stringify({ store: "file:./of-the-parent" }));
    const below = desk.path("below 100%");
    await mkdir(below);
    const argv = ["init", "--recovery-key", "r.txt", "--key-file", "keys/o.key", "--passphrase-cost", "1024"];
    const made = await desk.run([...argv, "--store", "file:./v%20%23%25"], { directory: below });
    expect({ exitCode: made.exitCode, stderr: made.stderr }).toEqual({ exitCode: 0, stderr: made.stderr });
    expect(JSON.parse(await readFile(join(below, "fogbound.json"), "utf8"))).toEqual({
      store: "file:./v%20%23%25",
      keyFile: "keys/o.key",
    });
    const listed = await desk.run(["list"], { directory: below });
    expect({ exitCode: listed.exitCode, stderr: listed.stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("an unknown key is an error everywhere, and no value is repeated: it may be a password", async () => {
    await desk.write("fogbound.json", JSON.stringify({ store: "file:./vault", passphrase: "hunter2" }));
    const { exitCode, stderr } = await desk.run(["list"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('got "passphrase"');
    expect(stderr).not.toContain("hunter2");
    await desk.write("fogbound.json", JSON.stringify({ store: "s3://bucket?secretKey=hunter2" }));
    const carrying = await desk.run(["list"]);
    expect(carrying.exitCode).toBe(2);
    expect(carrying.stderr).not.toContain("hunter2");
  });

  it("a passphrase comes from one place: file, or command, which is told whose it is", async () => {
    await desk.done("init", "--recovery-key", "r.txt", "--passphrase-cost", "1024");
    const both = await desk.run(["list"], { environment: { FOGBOUND_PASSPHRASE_COMMAND: "cat" } });
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain("got both");
    const file = desk.environment.FOGBOUND_PASSPHRASE_FILE ?? "";
    const told = `case "$FOGBOUND_PASSPHRASE_FOR" in */owner.key) cat "${file}";; *) exit 3;; esac`;
    const environment = { FOGBOUND_PASSPHRASE_FILE: "", FOGBOUND_PASSPHRASE_COMMAND: told };
    expect((await desk.run(["list"], { environment })).exitCode).toBe(0);
    const other = await desk.run(["key", "new", "-o", "a.key"], { environment });
    expect(other.exitCode).toBe(8);
    expect(other.stderr).toContain("ended with 3");
    const none = await desk.run(["list"], { environment: { FOGBOUND_PASSPHRASE_FILE: "" } });
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain("Set FOGBOUND_PASSPHRASE_FILE or FOGBOUND_PASSPHRASE_COMMAND");
    await writeFile(desk.path("two-lines"), "one\ntwo\n");
    const lines = await desk.run(["list"], { environment: { FOGBOUND_PASSPHRASE_FILE: desk.path("two-lines") } });
    expect(lines.exitCode).toBe(2);
    const gone = await desk.run(["list"], { environment: { FOGBOUND_PASSPHRASE_FILE: desk.path("gone") } });
    expect(gone.exitCode).toBe(7);
  });

  function url(name: string): string {
    return pathToFileURL(desk.path(name)).href;
  }
});

type Schema = Readonly<Record<string, unknown>>;

describe("the published schema", () => {
  const id = `cap_${"a".repeat(52)}`;
  const other = `cap_${"b".repeat(52)}`;
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      "",
      "file:./vault",
      id,
      `cap_${"A".repeat(52)}`,
      0,
      1,
      900,
      86_400,
      86_401,
      8_388_609,
      1.5,
      true,
      null,
    ),
    fc.constantFrom<unknown>([], [id], [id, other], [id, id], ["cap_short"], [1], {}),
    fc.record(
      {
        seconds: fc.constantFrom<unknown>(0, 1, 86_400, 86_401, 2.5, "9"),
        bytes: fc.constantFrom<unknown>(0, 1, 8_388_608, 8_388_609),
      },
      { requiredKeys: [] },
    ),
    fc.constant({ seconds: 1, bytes: 1, more: 1 }),
    fc.record(
      {
        content: fc.constantFrom<unknown>("file:./vault", "file:./vault", "", 1),
        log: fc.constantFrom<unknown>("s3://log", "s3://log", "", {}),
        harmonizer: fc.constantFrom<unknown>("azblob://a/b", "azblob://a/b", "", null),
      },
      { requiredKeys: [] },
    ),
    fc.constant({ content: "file:./a", log: "file:./b", harmonizer: "file:./c" }),
    fc.constant({ content: "file:./a", log: "file:./b", harmonizer: "file:./c", journal: "file:./d" }),
  );
  const names = fc.constantFrom("$schema", "store", "keyFile", "trust", "push", "authority", "passphrase");
  const configs = fc.oneof(fc.dictionary(names, values, { maxKeys: 3 }), values);

  it("allows what the command reads, and nothing else", async () => {
    const text = await readFile(new URL("../schema/fogbound.schema.json", import.meta.url), "utf8");
    const schema = asSchema(JSON.parse(text));
    let allowed = 0;
    fc.assert(
      fc.property(configs, (config) => {
        const expected = isValid(config, schema);
        if (expected) allowed += 1;
        expect({ config, read: isRead(config) }).toEqual({ config, read: expected });
      }),
      { numRuns: 3000 },
    );
    expect(allowed).toBeGreaterThan(100);
  });
});

function isRead(config: unknown): boolean {
  try {
    parseConfig(JSON.stringify(config), "fogbound.json");
    return true;
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === 2) return false;
    throw error;
  }
}

/** JSON Schema 2020-12, as far as ours uses it; a keyword that is not known here is an error. */
function isValid(value: unknown, schema: Schema): boolean {
  return Object.entries(schema).every(([keyword, says]) => {
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`The schema says ${keyword}, which this test does not know yet.`);
    return check(value, says, schema);
  });
}

type Check = (value: unknown, says: unknown, schema: Schema) => boolean;

const keywords: Readonly<Record<string, Check>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: (value, says) => typeOf(value) === says || (says === "integer" && Number.isInteger(value)),
  properties: (value, says) =>
    !isObject(value) ||
    Object.entries(asSchema(says)).every(([name, one]) => !(name in value) || isValid(value[name], asSchema(one))),
  additionalProperties: (value, says, schema) =>
    says === false && (!isObject(value) || Object.keys(value).every((name) => name in asSchema(schema.properties))),
  required: (value, says) => !isObject(value) || (Array.isArray(says) && says.every((name) => String(name) in value)),
  minLength: (value, says) => typeof value !== "string" || value.length >= Number(says),
  pattern: (value, says) => typeof value !== "string" || new RegExp(String(says), "u").test(value),
  minimum: (value, says) => typeof value !== "number" || value >= Number(says),
  maximum: (value, says) => typeof value !== "number" || value <= Number(says),
  uniqueItems: (value, says) => says !== true || !Array.isArray(value) || new Set(value).size === value.length,
  anyOf: (value, says) => Array.isArray(says) && says.some((one) => isValid(value, asSchema(one))),
  items: (value, says) => !Array.isArray(value) || value.every((one) => isValid(one, asSchema(says))),
};

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Schema {
  return typeOf(value) === "object";
}

function asSchema(value: unknown): Schema {
  if (isObject(value)) return value;
  throw new Error("Expected an object in the schema.");
}
