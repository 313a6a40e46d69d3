import { unzipSync } from "fflate";
import mammoth from "mammoth";
import readExcelFile from "read-excel-file/node";
import { describe, expect, test, vi } from "vitest";
import { readModel } from "../../src/decoy/model.js";
import { readXml } from "../../src/office/xml.js";
import { templatesOf } from "../../src/template/templates.js";
import { decoyOf, learn, seed } from "../decoy/helpers.js";
import {
  furnishedExcel,
  furnishedExcelParts,
  furnishedSecrets,
  furnishedWord,
  furnishedWordParts,
} from "./furnished.js";
import { archive, cellsOfCustomers, excelParts, novel, type Parts, secrets, wordParts } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const paragraphs = novel(60);
const rows = cellsOfCustomers(120);
const wordFile = furnishedWord(paragraphs, rows.slice(0, 20));
const excelFile = furnishedExcel(rows);

async function madeOf(parts: Parts, name: string): Promise<Buffer> {
  const original = archive(parts, "word");
  const made = await decoyOf(await learn(original, name), original.length);
  expect(made.length).toBe(original.length);
  return made;
}

function partsOf(made: Uint8Array): Record<string, string> {
  const entries = Object.entries(unzipSync(made)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
  return Object.fromEntries(entries);
}

function all(text: string | undefined, expression: RegExp): string[] {
  return text?.match(expression) ?? [];
}

describe.each([
  ["memo.docx", wordFile, wordParts(paragraphs, []), furnishedWordParts],
  ["book.xlsx", excelFile, excelParts(rows), furnishedExcelParts],
] as const)("a decoy of %s", (name, original, plain, further) => {
  test("has the parts that hold nothing of the owner's, or what can be made anew, and no others", async () => {
    const made = partsOf(await madeOf(original, name));
    const kept = new Set([...Object.keys(plain), ...further]);
    expect(Object.keys(made)).toEqual(Object.keys(original).filter((part) => kept.has(part)));
    expect(further.filter((part) => made[part] === undefined)).toEqual([]);
  });

  test("is well-formed in every part, and names every part that it has but what relations are", async () => {
    const made = partsOf(await madeOf(original, name));
    for (const [part, xml] of Object.entries(made)) {
      let elements = 0;
      readXml(Buffer.from(xml), {
        open: () => {
          elements += 1;
        },
      });
      expect(elements, part).toBeGreaterThan(0);
    }
    const targets = Object.entries(made).flatMap(([part, xml]) =>
      part.endsWith(".rels")
        ? all(xml, /(?<=Target=")[^"]+/g).map((target) =>
            new URL(target, `file:///${part.replace("_rels/", "")}`).pathname.slice(1),
          )
        : [],
    );
    const others = Object.keys(made).filter((part) => !part.endsWith(".rels") && part !== "[Content_Types].xml");
    expect([...targets].sort()).toEqual([...others].sort());
  });

  test("has nothing of what stands in those parts, nor has its model", async () => {
    const before = Object.values(original).join("\n");
    const given = [...furnishedSecrets, ...secrets].filter((secret) => before.includes(secret));
    expect(given.length).toBeGreaterThan(name.endsWith("docx") ? 12 : 3);
    const bytes = archive(original, "word");
    const model = await learn(bytes, name);
    const { content } = readModel(model);
    if (!("container" in content)) throw new Error("Expected the model of a package, got another.");
    const shown = [Buffer.from(model).toString("latin1"), ...templatesOf(content.container)];
    for (const bit of [0, 1, 2, 3]) {
      const made = await decoyOf(model, bytes.length, { seed: seed.map((byte) => byte ^ bit) });
      shown.push(...Object.values(partsOf(made)));
    }
    expect(given.filter((secret) => shown.some((text) => text.toLowerCase().includes(secret.toLowerCase())))).toEqual(
      [],
    );
  });
});

test("a text document with comments, notes, a header and a footer opens in a reader that others wrote", async () => {
  const made = await madeOf(wordFile, "memo.docx");
  const { value, messages } = await mammoth.convertToHtml({ buffer: made }, { styleMap: ["comment-reference => sup"] });
  expect(messages.filter(({ type }) => type === "error")).toEqual([]);
  expect(all(value, /id="comment-\d+"/g).length).toBe(3);
  expect(all(value, /id="footnote-\d+"/g).length).toBe(2);
  expect(all(value, /id="endnote-\d+"/g).length).toBe(1);
});

describe("comments of a decoy", () => {
  test("are by as many people, who are those of the metadata where they were, on days between creating and changing", async () => {
    const made = partsOf(await madeOf(wordFile, "memo.docx"));
    const comments = made["word/comments.xml"] ?? "";
    const authors = all(comments, /(?<=w:author=")[^"]+/g);
    expect(authors.length).toBe(3);
    expect(authors[0]).toBe(all(made["docProps/core.xml"], /(?<=<dc:creator>)[^<]+/g)[0]);
    expect(authors[1]).toBe(authors[2]);
    expect(authors[1]).not.toBe(authors[0]);
    const initials = (author = ""): string =>
      author
        .split(" ")
        .map((part) => part.charAt(0))
        .join("");
    expect(all(comments, /(?<=w:initials=")[^"]+/g)).toEqual(authors.map((author) => initials(author)));
    const [created, modified] = ["created", "modified"].map((one) =>
      Date.parse(all(made["docProps/core.xml"], new RegExp(`(?<=<dcterms:${one}[^>]*>)[^<]+`, "g"))[0] ?? ""),
    );
    for (const date of all(comments, /(?<=w:date=")[^"]+/g)) {
      expect(date).toMatch(/:00Z$/);
      expect(Date.parse(date)).toBeGreaterThan((created ?? 0) - 60_000);
      expect(Date.parse(date)).toBeLessThanOrEqual(modified ?? 0);
    }
  });

  test("and notes each have a place in the text, in their order, and words about as many as they had", async () => {
    const made = partsOf(await madeOf(wordFile, "memo.docx"));
    const body = made["word/document.xml"];
    for (const [kind, part, numbers] of [
      ["comment", "word/comments.xml", ["0", "1", "4"]],
      ["footnote", "word/footnotes.xml", ["1", "2"]],
      ["endnote", "word/endnotes.xml", ["1"]],
    ] as const) {
      expect(all(body, new RegExp(`(?<=<w:${kind}Reference w:id=")\\d+`, "g"))).toEqual(numbers);
      const texts = all(made[part], /(?<=<w:t(?: [^>]*)?>)[^<]+/g);
      expect(texts.length).toBe(numbers.length);
      const words = texts.join(" ").trim().split(/\s+/).length;
      expect(words).toBeGreaterThan(3);
      expect(words).toBeLessThan(60);
    }
    expect(all(body, /<w:commentRange(?:Start|End) w:id="\d+"/g).length).toBe(6);
  });

  test("without a paragraph stay without, and nothing refers to them", async () => {
    const made = partsOf(await madeOf(wordParts(paragraphs, []), "memo.docx"));
    expect(made["word/comments.xml"]).toMatch(/<w:comment w:author="[^"]+"\/>/);
    expect(made["word/document.xml"]).not.toContain("commentReference");
  });
});

test("a header and a footer of a decoy keep their look, their numbers of pages, and their place in the section", async () => {
  const made = partsOf(await madeOf(wordFile, "memo.docx"));
  expect(all(made["word/footer1.xml"], /(?<=instrText[^>]*>)[^<]+/g)).toEqual([" PAGE ", " NUMPAGES ", " PAGE "]);
  expect(made["word/footer1.xml"]).toContain('<w:fldSimple w:instr=" PAGE ">');
  expect(made["word/footer1.xml"]).toContain(">Page <");
  expect(made["word/header1.xml"]).toMatch(
    /<w:pStyle w:val="Header"\/><\/w:pPr><w:r><w:t>\p{Lu}\p{L}+ \p{L}+ \p{L}+<\/w:t>/u,
  );
  expect(made["word/header1.xml"]).toMatch(
    /<w:tblPr><w:tblStyle w:val="Style2"\/><\/w:tblPr>.*<w:b\/>.*<w:sdt><w:sdtContent><w:p><w:r><w:t>Page 1 of 1<\/w:t><\/w:r><w:r><w:t>\p{Lu}/u,
  );
  expect(all(made["word/document.xml"], /<w:(?:header|footer)Reference [^>]*>/g)).toEqual([
    '<w:headerReference w:type="default" r:id="rId9"/>',
    '<w:footerReference w:type="default" r:id="rId10"/>',
  ]);
});

test("settings name the lines above notes only where there are notes", async () => {
  const made = partsOf(await madeOf(wordFile, "memo.docx"));
  expect(made["word/settings.xml"]).toContain('<w:footnotePr><w:footnote w:id="-1"/>');
  const { "word/footnotes.xml": _, ...without } = wordFile;
  const other = partsOf(await madeOf(without, "memo.docx"));
  expect(other["word/settings.xml"]).not.toContain("footnotePr");
  expect(other["word/settings.xml"]).toContain("endnotePr");
});

test("a list of quoted works is kept only where it is Word's own and empty", async () => {
  const list = wordFile["customXml/item1.xml"] ?? "";
  for (const other of [
    list.replace("APA.XSL", "Sternwarte.XSL"),
    list.replace('StyleName="APA"', 'StyleName="Sternwarte"'),
    list.replace("></b:Sources>", "><b:Source><b:Tag>Sternwarte</b:Tag></b:Source></b:Sources>"),
    "not XML at all",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  ]) {
    expect(other).not.toBe(list);
    const made = partsOf(await madeOf({ ...wordFile, "customXml/item1.xml": other }, "memo.docx"));
    expect(Object.keys(made).filter((part) => part.startsWith("customXml/"))).toEqual([]);
    expect(made["word/_rels/document.xml.rels"]).not.toContain("customXml");
  }
  const made = partsOf(await madeOf(wordFile, "memo.docx"));
  expect(made["customXml/item1.xml"]).toBe(list);
  expect(made["customXml/itemProps1.xml"]).toMatch(/itemID="\{[0-9A-F]{8}-[0-9A-F-]{27}\}"/);
});

test("a workbook with an empty list of relations opens in a reader that others wrote", async () => {
  const made = await madeOf(excelFile, "book.xlsx");
  expect((await readExcelFile(made)).map(({ sheet }) => sheet)).toEqual(["Customers", "Sheet1"]);
  const parts = partsOf(made);
  expect(parts["xl/worksheets/_rels/sheet2.xml.rels"]).toBe(excelFile["xl/worksheets/_rels/sheet2.xml.rels"]);
  expect(parts["xl/_rels/workbook.xml.rels"]).toContain('Id="rId-theme-1"');
  expect(parts["xl/workbook.xml"]).toContain("<definedNames/>");
});

test("lists of persons and of properties are kept only where they are empty", async () => {
  const made = partsOf(await madeOf(excelFile, "book.xlsx"));
  for (const part of ["xl/persons/person.xml", "docProps/custom.xml"]) {
    expect(made[part]).toBe(excelFile[part]);
    const named = (excelFile[part] ?? "").replace(/(?:\/>|><\/\w+>)$/, (end) =>
      end === "/>" ? '><person displayName="Nachtigall"/></personList>' : '><property name="Nachtigall"/></Properties>',
    );
    expect(named).toContain("Nachtigall");
    const without = partsOf(await madeOf({ ...excelFile, [part]: named }, "book.xlsx"));
    expect(without[part]).toBeUndefined();
    expect(Object.values(without).join("\n")).not.toContain("Nachtigall");
  }
});

test("a folder that an archive lists is listed by its decoy, if anything is in it", async () => {
  const listed = { "word/": "", ...wordParts(paragraphs, []), "media/": "" };
  const made = await madeOf(listed, "memo.docx");
  expect(Object.keys(unzipSync(made)).filter((part) => part.endsWith("/"))).toEqual(["word/"]);
});

test("names that stand where nobody looks for one are in no part that is kept", async () => {
  const hidden: Readonly<Record<string, readonly [string, string]>> = {
    "word/stylesWithEffects.xml": [
      "</w:styles>",
      '<w:style w:type="paragraph" w:customStyle="1" w:styleId="FinkenwerderNote"><w:name w:val="Finkenwerder Note"/></w:style></w:styles>',
    ],
    "word/header1.xml": ['<w:pStyle w:val="Header"/>', '<w:pStyle w:val="FinkenwerderNote"/>'],
    "word/footer1.xml": ['<w:pStyle w:val="Footer"/>', '<w:pStyle w:val="FinkenwerderGone"/>'],
    "word/comments.xml": ['<w:pStyle w:val="CommentText"/>', '<w:pStyle w:val="FinkenwerderGone"/>'],
    "word/footnotes.xml": [
      '<w:p w:rsidR="00C0FFEE"',
      '<w:p xmlns:own="urn:finkenwerder" own:rsidR="Finkenwerder" w:rsidR="00C0FFEE"',
    ],
    "customXml/item1.xml": ["<b:Sources ", '<b:Sources Owner="Finkenwerder" '],
    "customXml/itemProps1.xml": [
      "<ds:schemaRefs>",
      '<ds:schemaRefs><ds:schemaRef ds:uri="Finkenwerder"/><ds:finkenwerder/>',
    ],
    "word/webSettings.xml": [
      "<w:divs>",
      '<w:encoding w:val="utf-8"/><w:saveSmartTagsAsXml w:val="Finkenwerder"/><w:divs>',
    ],
    "docProps/custom.xml": ["<property ", '<property linkTarget="Finkenwerder" '],
  };
  const entries = Object.entries(wordFile).map(([part, xml]) => {
    const [from, to] = hidden[part] ?? ["", ""];
    return [part, xml.replace(from, to)];
  });
  const original: Parts = Object.fromEntries(entries);
  for (const part of Object.keys(hidden)) expect(original[part], part).toMatch(/finkenwerder/i);
  const model = await learn(archive(original, "word"), "memo.docx");
  const made = partsOf(await decoyOf(model, archive(original, "word").length));
  expect(Object.keys(made)).toEqual(expect.arrayContaining([...furnishedWordParts]));
  for (const [part, xml] of Object.entries(made)) expect(xml, part).not.toMatch(/finkenwerder/i);
  const { content } = readModel(model);
  expect("container" in content ? templatesOf(content.container).join("\n") : "finkenwerder").not.toMatch(
    /finkenwerder/i,
  );
  expect(made["word/header1.xml"]).toMatch(/<w:pStyle w:val="Style\d"\/>/);
  expect(made["word/footer1.xml"]).toContain('<w:pStyle w:val="Normal"/>');
});
