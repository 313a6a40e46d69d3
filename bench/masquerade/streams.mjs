import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/**
 * One reader's accesses: `train` clean ones, then blocks of `block` accesses with one label each (1: somebody else's).
 *
 * @typedef {{ reader: string, events: object[], train: number, block: number, labels: number[] }} Stream
 * @typedef {{ name: string, kind: "commands" | "files", streams: Stream[] }} DataSet
 */

const commandsTrain = 5000;
const commandsBlock = 100;
const filesBlock = 20;
/** The commands carry no time. Ten minutes apart, no zone: neither pace nor hour can say anything. */
const commandSpacing = 600_000;
const unknown = { zoneMinutes: null, group: null, bytes: null, network: null, country: null };

/** Whatever lies in the directory or one below it: `User<n>` with `label*`, and `<name>.jsonl.gz` with `<name>.json`. */
export async function dataSetsIn(path) {
  const found = [];
  for (const directory of [path, ...(await directoriesIn(path))]) {
    const names = (await readdir(directory)).sort();
    found.push(...(await commandsIn(directory, names)), ...(await filesIn(directory, names)));
  }
  if (found.length === 0)
    throw new RangeError(`Expected User<n> with label*, or <name>.jsonl.gz with <name>.json, in ${path}; got neither.`);
  return found;
}

async function directoriesIn(path) {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .sort();
}

async function commandsIn(directory, names) {
  const users = names.filter((name) => /^User\d+$/.test(name)).sort((left, right) => numberOf(left) - numberOf(right));
  const labels = names.filter((name) => /^label/.test(name));
  if (users.length === 0 || labels.length === 0) return [];
  const rows = await labelRows(directory, labels, users.length);
  const streams = await Promise.all(users.map((user, column) => commandStream(directory, user, rows, column)));
  return [{ name: "commands", kind: "commands", streams }];
}

/** The file with a column for each user that is there; one with a column for all fifty is taken by the users' numbers. */
async function labelRows(directory, files, users) {
  const tables = await Promise.all(files.map(async (file) => tableIn(await readFile(join(directory, file), "utf8"))));
  const fitting = tables.find(([first]) => first.length === users) ?? tables.find(([first]) => first.length > users);
  if (fitting === undefined) throw new RangeError(`Expected a label file of ${users} columns in ${directory}.`);
  return fitting;
}

function tableIn(text) {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
}

async function commandStream(directory, user, rows, column) {
  const lines = (await readFile(join(directory, user), "utf8")).trim().split("\n");
  const at =
    rows[0].length > column && rows[0].length >= numberOf(user) && rows[0].length === 50 ? numberOf(user) - 1 : column;
  const events = lines.map((line, index) => ({
    ...unknown,
    time: index * commandSpacing,
    action: "run",
    item: line.trim(),
  }));
  return { reader: user, events, train: commandsTrain, block: commandsBlock, labels: rows.map((row) => row[at]) };
}

function numberOf(user) {
  return Number(user.replace(/\D/g, ""));
}

async function filesIn(directory, names) {
  const sets = [];
  for (const file of names.filter((name) => name.endsWith(".jsonl.gz"))) {
    const name = file.slice(0, -".jsonl.gz".length);
    const labelFile = names.find((other) => other.startsWith(name) && other.endsWith(".json"));
    if (labelFile === undefined) continue;
    const labels = JSON.parse(await readFile(join(directory, labelFile), "utf8"));
    const lines = gunzipSync(await readFile(join(directory, file)))
      .toString()
      .trim()
      .split("\n");
    sets.push({
      name,
      kind: "files",
      streams: fileStreams(
        lines.map((line) => JSON.parse(line)),
        labels,
      ),
    });
  }
  return sets;
}

function fileStreams(lines, labels) {
  const byReader = Map.groupBy?.(lines, ({ u }) => u) ?? grouped(lines);
  return [...byReader]
    .filter(([reader]) => labels[reader] !== undefined)
    .map(([reader, own]) => ({
      reader,
      events: own.map(({ t, tz, op, path }) => ({
        ...unknown,
        time: t * 1000,
        zoneMinutes: minutesOf(tz),
        action: op,
        item: path,
      })),
      train: own.filter(({ phase }) => phase === "train").length,
      block: filesBlock,
      labels: labels[reader],
    }));
}

function grouped(lines) {
  const byReader = new Map();
  for (const line of lines) {
    const own = byReader.get(line.u) ?? [];
    own.push(line);
    byReader.set(line.u, own);
  }
  return byReader;
}

function minutesOf(zone) {
  const sign = zone.startsWith("-") ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
}
