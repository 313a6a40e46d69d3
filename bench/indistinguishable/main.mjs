import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { decoy, learnModel } from "@fogbound/fog";
import { areaUnderCurve } from "../classify.mjs";
import { packaged, shownText } from "./containers.mjs";
import { documentsIn } from "./documents.mjs";
import { features, fileFeatures } from "./features.mjs";

const usage = `npm run bench:indistinguishable -- --documents <directory>

Makes a decoy of every CSV, JSON, text and PDF document below the directory, and of workbooks and Word documents made of its
tables and texts, and has a random forest tell decoys from originals: trained on one half of the documents, tested on windows
of what the other half shows, and on the files themselves. 0.5 is a coin, 1 is certainty.
--format csv, json, text, pdf, xlsx or docx does one of them alone.`;

const formats = ["csv", "json", "text", "pdf", "xlsx", "docx"];
const containers = ["pdf", "xlsx", "docx"];
const { values } = parseArgs({
  options: {
    documents: { type: "string" },
    format: { type: "string", multiple: true, default: formats },
    help: { type: "boolean", default: false },
  },
});
if (values.help || values.documents === undefined) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else if (values.format.some((format) => !formats.includes(format))) {
  throw new RangeError(`Expected --format to be one of ${formats.join(", ")}, got ${values.format.join(", ")}.`);
} else await run(values.documents);

async function run(directory) {
  const found = await documentsIn(directory);
  const documents = { ...found, ...(await packaged(found)) };
  console.log("| format | documents | windows | decoys against originals | originals against themselves |");
  console.log("|---|---|---|---|---|");
  const away = [];
  for (const format of values.format) {
    const made = await decoysOf(format, documents[format]);
    const things = made.flatMap(({ original, copy }, group) => [
      ...windows(original).map((text) => thing(group, false, text)),
      ...windows(copy).map((text) => thing(group, true, text)),
    ]);
    const same = made.flatMap(({ original }, group) =>
      windows(original).map((text) => thing(group, createHash("sha256").update(text).digest()[0] % 2 === 1, text)),
    );
    const count = new Set(things.map(({ group }) => group)).size;
    const areas = [areaUnderCurve(things), areaUnderCurve(same)].map((area) =>
      Number.isNaN(area) ? "too few" : area.toFixed(2),
    );
    console.log(`| ${format} | ${count} | ${things.length} | ${areas.join(" | ")} |`);
    away.push(`${format}: ${telling(things, Object.keys(features)).join(", ")}`);
    if (!containers.includes(format)) continue;
    const files = made.flatMap(({ files: [theirs, ours] }, group) => [
      file(group, false, theirs),
      file(group, true, ours),
    ]);
    console.log(`| ${format} as a file | ${count} | ${files.length} | ${areaUnderCurve(files).toFixed(2)} | |`);
    away.push(`${format} as a file: ${telling(files, Object.keys(fileFeatures)).join(", ")}`);
  }
  console.log(`\nWhat differs most often to the same side:\n${away.join("\n")}`);
}

async function decoysOf(format, documents) {
  const made = [];
  for (const { name, bytes } of documents) {
    const seed = createHash("sha256").update(name).digest();
    const model = await learnModel(once(bytes), { name, mediaType: null, seed });
    if (model === null) {
      console.error(`${name}: no model`);
      continue;
    }
    const ours = await whole(decoy(model, { seed, length: bytes.length, marks: null }));
    const [original, copy] = [await shownText(format, bytes), await shownText(format, ours)];
    made.push({ original, copy, files: [bytes, ours] });
  }
  return made;
}

async function* once(bytes) {
  yield bytes;
}

async function whole(pieces) {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Up to eight windows of 4 KiB from all over a text, each from a line's beginning on. */
function windows(whole) {
  const count = Math.min(8, Math.max(2, Math.floor(whole.length / 4096)));
  const size = Math.min(4096, Math.floor(whole.length / count));
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * (whole.length - size)) / Math.max(1, count - 1));
    const line = from === 0 ? 0 : whole.indexOf("\n", from) + 1;
    return whole.slice(line > 0 && line < from + size / 2 ? line : from, from + size);
  });
}

function thing(group, isOne, window) {
  return { group, isOne, features: Object.values(features).map((measure) => finite(measure(window))) };
}

function file(group, isOne, bytes) {
  return { group, isOne, features: Object.values(fileFeatures).map((measure) => finite(measure(bytes))) };
}

function finite(value) {
  return Number.isFinite(value) ? value : 0;
}

/** The five features in which decoys differ from their own originals most often to the same side. */
function telling(things, names) {
  const groups = [...new Set(things.map(({ group }) => group))].map((group) =>
    things.filter((one) => one.group === group),
  );
  const areas = names.map((name, at) => {
    const above = groups.map((some) => {
      const [ours, theirs] = [true, false].map((kind) =>
        some.filter(({ isOne }) => isOne === kind).map(({ features: all }) => all[at]),
      );
      return Math.sign(mean(ours) - mean(theirs)) / 2 + 0.5;
    });
    return { name, area: mean(above) };
  });
  const sorted = areas.sort((left, right) => Math.abs(right.area - 0.5) - Math.abs(left.area - 0.5));
  return sorted
    .slice(0, 5)
    .map(
      ({ name, area }) =>
        `${name} ${area > 0.5 ? "higher" : "lower"} in ${Math.round(100 * Math.max(area, 1 - area))} % of decoys`,
    );
}

function mean(some) {
  return some.reduce((sum, one) => sum + one, 0) / Math.max(1, some.length);
}
