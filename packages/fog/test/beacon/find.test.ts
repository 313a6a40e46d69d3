import { utf8 } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { type FindBeaconsOptions, findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import { digitsShape } from "../../src/beacon/shapes.js";
import { beaconKey, column, inPieces, otherKey, shapeList, shapes } from "./kit.js";

const issued = Array.from({ length: 50 }, (_, episode) => ({ episode, rows: 400 }));
const every: FindBeaconsOptions = { shapes: Object.values(shapes), issued };

/** The episodes that a fragment names. */
async function named(fragment: string | AsyncIterable<Uint8Array>, options = every): Promise<readonly number[]> {
  const { findings } = await findBeacons(beaconKey, fragment, options);
  return findings.filter(({ isNamed }) => isNamed).flatMap(({ episodes }) => episodes);
}

const marks = marksOf(beaconKey, 17);

/** A table of customers, as a decoy would have it. */
const table: readonly (readonly string[])[] = Array.from({ length: 40 }, (_, row) => [
  marks.identifier(shapes.number, row),
  `Customer ${row}`,
  marks.identifier(shapes.mail, row),
  "Vienna",
  marks.identifier(shapes.iban, row),
  `${(row * 37.5).toFixed(2)}`,
]);

describe("a fragment of a decoy names its episode", () => {
  it.each(shapeList)("by four identifiers of shape %s, and says how sure that is", async (_, shape) => {
    const fragment = column(marks, shape, 4).join("\n");
    const { findings, candidates, isCutShort } = await findBeacons(beaconKey, fragment, { shapes: [shape], issued });
    expect(findings[0]).toMatchObject({ episodes: [17], identifiers: 4, isNamed: true });
    expect(findings[0]?.chance).toBeLessThan(1e-6);
    expect(candidates).toBeGreaterThanOrEqual(4);
    expect(isCutShort).toBe(false);
  });

  it.each(shapeList)("by four identifiers of shape %s, of which nobody knows what was issued", async (_, shape) => {
    const fragment = column(marks, shape, 4).join("; ");
    expect(await named(fragment, { shapes: [shape] })).toEqual([17]);
  });

  it("with its rows in another order, columns taken away, and of those that are left, a few lines", async () => {
    const turned = [...table].reverse().slice(11, 16);
    for (const at of [0, 2, 4])
      expect(await named(turned.map((row) => `${row[1]}\t${row[at]}`).join("\r\n"))).toEqual([17]);
  });

  it("by columns of several shapes together, where one alone would not do", async () => {
    const [first = []] = table;
    const both = { ...every, chance: 1e-9 };
    expect(await named(`${first[0]}`, both)).toEqual([]);
    expect(await named(`${first[0]} ${first[2]} ${first[4]}`, both)).toEqual([17]);
  });

  it("among thousands of others: all that is looked at counts against it", async () => {
    const noise = Array.from({ length: 3000 }, (_, at) => String(10_000_000 + at * 7919)).join("\n");
    const few = column(marks, shapes.number, 2).join("\n");
    const alone = await findBeacons(beaconKey, few, { shapes: [shapes.number], issued });
    const among = await findBeacons(beaconKey, `${noise}\n${few}`, { shapes: [shapes.number], issued });
    expect(alone.findings[0]).toMatchObject({ episodes: [17], identifiers: 2, isNamed: true });
    expect(among.candidates).toBe(3002);
    expect(among.findings.find(({ episodes }) => episodes.includes(17))).toMatchObject({ isNamed: false });
    expect(await named(`${noise}\n${column(marks, shapes.number, 9).join("\n")}`)).toEqual([17]);
  });

  it("and the other one, when two were put together", async () => {
    const other = column(marksOf(beaconKey, 33), shapes.number, 6).join("\n");
    const found = await named(`${column(marks, shapes.number, 6).join("\n")}\n${other}`);
    expect([...found].sort()).toEqual([17, 33]);
  });
});

const dressed: readonly (readonly [string, (identifier: string) => string])[] = [
  ["upper case", (one) => one.toUpperCase()],
  ["lower case", (one) => one.toLowerCase()],
  ["quotes", (one) => `"${one}"`],
  ["no separators at all", (one) => one.replace(/[^A-Za-z0-9]/g, "")],
  ["blanks after every fourth character", (one) => one.replace(/[^A-Za-z0-9]/g, "").replace(/(.{4})(?=.)/g, "$1 ")],
  ["hyphens", (one) => one.replace(/[^A-Za-z0-9]/g, "").replace(/(.{3})(?=.)/g, "$1-")],
  ["no-break blanks", (one) => one.replace(/(.{4})(?=.)/g, "$1\u{a0}")],
  ["thousands separators", (one) => one.replace(/(\d)(?=(\d{3})+$)/g, "$1,")],
  ["digits behind the point", (one) => `${one}.00`],
  ["a currency in front", (one) => `EUR ${one}`],
  ["the lines of a mail's answer broken", (one) => `${one.slice(0, 5)}\r\n> > ${one.slice(5)}`],
  ["quoted-printable soft line breaks", (one) => `${one.slice(0, 3)}=\r\n${one.slice(3)}`],
  ["an address behind", (one) => `<${one}@mail.example>`],
  ["HTML in a word", (one) => `<td>${one.slice(0, 4)}<wbr><span class="x">${one.slice(4)}</span></td>`],
  [
    "character references",
    (one) =>
      one
        .replace(/(.{4})(?=.)/g, "$1&nbsp;")
        .replace("1", "&#49;")
        .replace("2", "&#x32;"),
  ],
  ["JSON", (one) => `{"id":"${one}","n":1}`],
  ["a column of another table before it", (one) => `Ms. Huber;${one};Vienna`],
  ["a label grown together with it", (one) => (/^\d/.test(one) ? `Nr${one}x` : `:${one}`)],
];

describe("a fragment is read whatever was done to its form", () => {
  it.each(dressed)("%s", async (_, dress) => {
    for (const [name, shape] of shapeList) {
      const fragment = column(marks, shape, 6).map(dress).join("\n");
      expect([name, await named(fragment, { shapes: [shape], issued })]).toEqual([name, [17]]);
    }
  });

  it("telephone numbers, dialled from inside and outside", async () => {
    for (const front of ["0", "0043 ", "+43 (0) ", "(0)", ""]) {
      const fragment = column(marks, shapes.phone, 5)
        .map((one) => one.replace("+43 ", front))
        .join("\n");
      expect([front, await named(fragment, { shapes: [shapes.phone], issued })]).toEqual([front, [17]]);
    }
  });

  it("numbers from which a spreadsheet took the zeros in front", async () => {
    const fragment = column(marks, shapes.zeros, 8).map((one) => String(Number(one)));
    expect(fragment.some((one) => one.length === 7)).toBe(true);
    expect(await named(fragment.join("\n"), { shapes: [shapes.zeros], issued })).toEqual([17]);
  });

  it("in UTF-16, both ways round, and with a byte order mark", async () => {
    const text = `\u{feff}${column(marks, shapes.uuid, 3).join("\n")}`;
    const little = Uint8Array.from(Buffer.from(text, "utf16le"));
    const big = Uint8Array.from(Buffer.from(text, "utf16le").swap16());
    for (const bytes of [little, big, utf8(text)]) expect(await named(inPieces(bytes, 7))).toEqual([17]);
  });

  it("in pieces of any length, byte for byte the same findings", async () => {
    const page = table.map((row) => `<tr><td>${row.join("</td><td>")}</td></tr>`).join("&#10;");
    const bytes = utf8(page.replaceAll("Vienna", "<span title='a &amp; b'>Wien</span>"));
    const whole = await findBeacons(beaconKey, page.replaceAll("Vienna", "<span title='a &amp; b'>Wien</span>"), every);
    expect(whole.findings[0]).toMatchObject({ episodes: [17], identifiers: 120, isNamed: true });
    for (const lengths of [[1], [2, 3, 5, 7, 11, 13], [64], [127, 128, 129], [4096], [1_000_000]]) {
      expect(await findBeacons(beaconKey, inPieces(bytes, ...lengths), every)).toEqual(whole);
    }
  });

  it("a mail that was answered and forwarded, with the table in the middle of its lines", async () => {
    const lines = table.slice(3, 9).map(([number, name, mail]) => `${name} (no. ${number}), ${mail}@mail.example;`);
    const wrapped = lines.join(" ").replace(/(.{1,30})/g, "> > $1=\r\n");
    const message = `From: A <a@mail.example>\r\nDate: Sun, 29 Nov 2026 14:45:06 +0000\r\nMessage-ID: <4711.1234567890@mail.example>\r\n\r\nFYI\r\n${wrapped}`;
    const { findings } = await findBeacons(beaconKey, message, every);
    expect(findings[0]).toMatchObject({ episodes: [17], isNamed: true });
    expect(findings[0]?.identifiers).toBeGreaterThanOrEqual(10);
  });

  it("but no identifier is put together across a wide gap, or out of the middle of a longer one", async () => {
    const parts = column(marks, shapes.number, 6);
    const shapesOf = { shapes: [shapes.number], issued };
    expect(
      await named(parts.map((one) => `${one.slice(0, 4)}${" ".repeat(30)}${one.slice(4)}`).join("\n\n"), shapesOf),
    ).toEqual([]);
    const inside = await findBeacons(beaconKey, parts.map((one) => `5${one}`).join("\n".repeat(30)), shapesOf);
    expect(inside).toEqual({ findings: [], candidates: 0, isCutShort: false });
  });
});

describe("what names nobody", () => {
  it("a fragment under another capsule's key", async () => {
    const fragment = table.map((row) => row.join(";")).join("\n");
    const { findings } = await findBeacons(otherKey, fragment, every);
    expect(findings.filter(({ isNamed }) => isNamed)).toEqual([]);
  });

  it("an episode that was not issued, or a row that its decoys do not have", async () => {
    const fragment = column(marks, shapes.number, 10).slice(5).join("\n");
    const only = (rows: number | null, episode = 17): FindBeaconsOptions => ({
      shapes: [shapes.number],
      issued: [{ episode, rows }],
    });
    expect(await named(fragment, only(5))).toEqual([]);
    expect(await named(fragment, only(10))).toEqual([17]);
    expect(await named(fragment, only(null))).toEqual([17]);
    expect(await named(fragment, only(null, 18))).toEqual([]);
  });

  it("one identifier, however often it is repeated", async () => {
    const fragment = `${column(marks, shapes.invoice, 1).join("")}\n`.repeat(200);
    const { findings, candidates } = await findBeacons(beaconKey, fragment, { shapes: [shapes.invoice], issued });
    expect(candidates).toBe(1);
    expect(findings[0]).toMatchObject({ episodes: [17], identifiers: 1, isNamed: false });
  });

  it("one identifier of a shape that several items have", async () => {
    const fragment = column(marks, shapes.invoice, 1).join("");
    const often = Array.from({ length: 6 }, () => structuredClone(shapes.invoice));
    const once = await findBeacons(beaconKey, fragment, { shapes: [shapes.invoice], issued });
    expect(await findBeacons(beaconKey, fragment, { shapes: often, issued })).toEqual(once);
    expect(once.findings[0]).toMatchObject({ identifiers: 1, isNamed: false });
  });

  it("nothing at all", async () => {
    expect(await findBeacons(beaconKey, "", every)).toEqual({ findings: [], candidates: 0, isCutShort: false });
  });
});

describe("a shape with fewer episodes than were issued", () => {
  const six = digitsShape(6);
  const many = [16, 16 + 948].map((episode) => ({ episode, rows: null }));

  it("names all that it cannot tell apart, and no other", async () => {
    const fragment = column(marksOf(beaconKey, 16 + 948), six, 6).join("\n");
    const { findings } = await findBeacons(beaconKey, fragment, { shapes: [six], issued: many });
    expect(findings[0]).toMatchObject({ episodes: [16, 964], identifiers: 6, isNamed: true });
  });

  it("and one of them where another shape tells", async () => {
    const later = marksOf(beaconKey, 16 + 948);
    const fragment = [...column(later, six, 6), ...column(later, shapes.uuid, 2)].join("\n");
    expect(await named(fragment, { shapes: [six, shapes.uuid], issued: many })).toEqual([964]);
    expect(await named(fragment, { shapes: [six, shapes.uuid] })).toEqual([964]);
  });

  it("gives rows above its own the identifiers of the first", () => {
    expect(marks.identifier(six, 949 + 3)).toBe(marks.identifier(six, 3));
    expect(marks.identifier(six, 948)).not.toBe(marks.identifier(six, 0));
  });
});

describe("a caller's mistake", () => {
  it("is a RangeError", async () => {
    const bad: readonly FindBeaconsOptions[] = [
      { shapes: [] },
      { ...every, chance: 2 },
      { ...every, chance: Number.NaN },
    ];
    for (const options of bad) await expect(findBeacons(beaconKey, "", options)).rejects.toThrow(RangeError);
    await expect(findBeacons(new Uint8Array(16), "", every)).rejects.toThrow(RangeError);
    expect(() => marksOf(beaconKey, -1)).toThrow(RangeError);
    expect(() => marksOf(beaconKey, 2 ** 53)).toThrow(RangeError);
    expect(() => marks.identifier(shapes.number, 0.5)).toThrow(RangeError);
  });
});
