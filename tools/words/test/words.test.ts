import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { house, roomOf } from "../../boundaries/src/house.js";
import { documents, linkedRows, linksIn, root, testNames, textOf } from "./documents.js";

describe("the documents", () => {
  test.each(documents())("%s links to what is there", (path) => {
    const broken = linksIn(path).filter(({ target }) => !existsSync(join(root, target)));
    expect(broken).toEqual([]);
  });

  test("number each decision once, in its file's name and in its title", () => {
    const names = readdirSync(join(root, "docs", "decisions"));
    const numbers = names.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? name);
    expect(numbers).toEqual([...new Set(numbers)]);
    const titled = names.map((name) => /^# (\d+)/.exec(textOf(`docs/decisions/${name}`))?.[1]?.padStart(4, "0"));
    expect(titled).toEqual(numbers);
  });
});

describe("SECURITY.md", () => {
  const quoted = linksIn("SECURITY.md").filter(({ target }) => target.endsWith(".test.ts"));

  test("quotes tests by the names they have", () => {
    const gone = quoted.filter(({ text, target }) => !testNames(target).includes(text));
    expect(gone).toEqual([]);
  });

  test("says of every row of its table what shows it, or that nothing does", () => {
    const rows = textOf("SECURITY.md")
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| who |"));
    expect(rows.length).toBeGreaterThan(10);
    const bare = rows.filter((row) => !/\.test\.ts\)|not yet tested|not built|the limit of the promise/i.test(row));
    expect(bare).toEqual([]);
  });
});

describe("README.md", () => {
  const rows = linkedRows("README.md");
  const named = rows.map(([, package_ = ""]) => /`([^`]+)`\]\(([^)]+)\)/.exec(package_)?.slice(1, 3) ?? []);

  test("has every published package in its table, by the name it has", () => {
    const published = ["packages", "adapters"]
      .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
      .map((directory) => [JSON.parse(textOf(`${directory}/package.json`)).name, directory]);
    expect([...named].sort()).toEqual([...published].sort());
  });

  test("says of each package whether it runs in a browser, as the house does", () => {
    const said = rows.map((row, index) => [named[index]?.[0], row[3] === "yes"]);
    const kept = named.map(([name = ""]) => [name, house[roomOf(name) ?? ""]?.browser === true]);
    expect(said).toEqual(kept);
  });

  test("has the program that is type-checked, to the letter", () => {
    const program = /^```ts\n([\s\S]*?)^```$/m.exec(textOf("README.md"))?.[1];
    expect(program).toBe(textOf("docs/programs/first-program.ts"));
  });
});

describe("CONTRIBUTING.md", () => {
  const rows = [...textOf("CONTRIBUTING.md").matchAll(/^\| `([^`]+)` +\| ([^|]*?) *\|$/gm)].filter(
    ([, name = ""]) => name in house,
  );

  test("has the house in its table, room by room", () => {
    const said = rows.map(([, name = "", imports = ""]) => [name, namesIn(imports.split(";")[0] ?? "")]);
    const kept = Object.entries(house).map(([name, { mayImport }]) => [name, mayImport.map(roomName).sort()]);
    expect(said.sort()).toEqual(kept.sort());
  });

  test("names the packages that run in a browser", () => {
    const sentence = /^(.*) run in a browser\./m.exec(textOf("CONTRIBUTING.md"))?.[1] ?? "";
    const said = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const kept = Object.entries(house).filter(([, room]) => room.browser === true);
    expect(said.sort()).toEqual(kept.map(([name]) => name).sort());
  });
});

function namesIn(cell: string): readonly string[] {
  return cell
    .replace(", and one vendor's SDK", "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .sort();
}

function roomName(room: string): string {
  return room === "adapters/*" ? "adapters" : room;
}
