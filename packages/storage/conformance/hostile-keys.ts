import { describe, expect, test } from "vitest";
import { keyBytes } from "../src/defaults.js";
import { compareKeys } from "../src/index.js";
import { storePrefix } from "../src/store-key.js";
import { contentOf, freshStores, inParallel, keysOf, type StoreSuite, utf8 } from "./suite.js";

/** Legal keys that file systems, URLs and normalising servers fold together, cut, refuse or interpret. */
export const hostileKeys: readonly string[] = [
  ...[
    "a",
    "A",
    "a/b",
    "A/b",
    "a/B",
    "ab/c",
    "aB/C",
    "a.",
    "a..",
    "a...",
    "a ",
    " a",
    "a /b",
    "a./b",
    " ",
    "...",
    "~",
    "-",
    "--help",
  ],
  ...[
    ".hidden",
    ".git/config",
    ".fogbound",
    ".fogbound-other/x",
    "x/.fogbound/store.json",
    ".Fogbound/store.json",
    "lost+found",
  ],
  ...["CON", "con", "con.txt", "NUL", "nul/x", "aux.", "COM1", "lpt9.log", "PRN/PRN", "COM¹", "CONIN$"],
  ...[
    "%41",
    "%2F",
    "%2e%2e",
    "%",
    "%%",
    "%zz",
    "a%00b",
    "a+b",
    "a b",
    "a&b=c",
    "a?b",
    "a#b",
    "a;b",
    "a,b",
    "a@b",
    "a=b",
    "a~1",
  ],
  ...[
    "a\\b",
    "..\\..\\etc",
    "a:b",
    "C:",
    "file:stream:$DATA",
    'a"b',
    "a'b",
    "a<b>",
    "a|b",
    "a*b",
    "[ab]",
    "{a,b}",
    "$HOME",
    "`id`",
  ],
  ...[
    "\u00e9",
    "e\u0301",
    "\u212b",
    "\u00c5",
    "A\u030a",
    "\u1e9e",
    "\u00df",
    "SS",
    "\u0130",
    "\u0131",
    "i",
    "I",
    "\ufb01",
    "fi",
  ],
  ...["\u200b", "a\u200db", "\u202egnp.exe", "\ufeff", "\u2028", "\u00a0", "\u3000", "\ue000", "\ufffd", "\uffff"],
  ...["日本語/キー", "кириллица", "العربية", "🜁", "👩‍👩‍👧‍👦", "𐀀", "😀/😀"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "null",
    "undefined",
    "0",
    "00",
    "1e3",
    "index.html",
    "a.tmp",
    "a~",
    "a.lnk",
    "a.object",
  ],
  ...[
    "x".repeat(255),
    "x".repeat(256),
    "X".repeat(255),
    "é".repeat(512),
    "😀".repeat(256),
    "y".repeat(1024),
    "Y".repeat(1024),
  ],
  ...[
    `${"z".repeat(300)}/z`,
    `${"%".repeat(1023)}a`,
    `deep/${"d/".repeat(509)}e`,
    `${"w".repeat(511)}/${"W".repeat(512)}`,
  ],
];

export function testHostileKeys(suite: StoreSuite): void {
  describe("hostile keys", () => {
    const fresh = freshStores(suite);
    const unaddressable = suite.unaddressable ?? [];
    const room = keyBytes - utf8(storePrefix(suite.prefix ?? "")).length;
    const keys = hostileKeys.filter((key) => !unaddressable.includes(key) && utf8(key).length <= room);

    test("each is its own object, side by side with all the others, and listed in order", async () => {
      const { store } = fresh();
      await inParallel(keys, 8, (key) => store.create(key, utf8(`content of ${key}`)));
      await inParallel(keys, 8, async (key) => {
        expect(await contentOf(store, key)).toEqual(utf8(`content of ${key}`));
        expect(await store.head(key)).toMatchObject({ key });
      });
      expect(await keysOf(store.list(""))).toEqual([...keys].sort(compareKeys));
    });

    test("every start of a hostile key is a prefix, every hostile key something to continue after", async () => {
      const { store } = fresh();
      const some = keys.filter((key) => key.length < 30);
      await inParallel(some, 8, (key) => store.create(key, utf8(key)));
      const prefixes = [...new Set(some.map((key) => [...key].slice(0, 2).join("")))];
      for (const prefix of prefixes)
        expect(await keysOf(store.list(prefix))).toEqual(
          some.filter((key) => key.startsWith(prefix)).sort(compareKeys),
        );
      for (const after of some.filter((_, index) => index % 5 === 0))
        expect(await keysOf(store.list("", { after }))).toEqual(
          some.filter((key) => compareKeys(key, after) > 0).sort(compareKeys),
        );
    });

    test.each(unaddressable.map((key) => [JSON.stringify(key), key]))(
      "%s, for which the server has no address, fails and is neither absent nor another object",
      async (_, key) => {
        const { store } = fresh();
        await store.create("bystander", utf8("bystander"));
        const calls = [
          () => store.create(key, utf8("x")),
          () => store.replace(key, utf8("x")),
          () => store.upload(key, utf8("x")),
          () => store.get(key),
          () => store.head(key),
          () => store.delete(key),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject({ name: "FogboundError" });
        expect(await keysOf(store.list(""))).toEqual(["bystander"]);
      },
    );

    test("deleting one leaves its twins and what lies under it", async () => {
      const { store } = fresh();
      const twins = ["a", "A", "a.", "a/b", "a/b/c", "%41", "\u00e9", "e\u0301"];
      for (const key of twins) await store.create(key, utf8(key));
      for (const [index, key] of twins.entries()) {
        await store.delete(key);
        expect(await store.head(key)).toBeNull();
        expect(await keysOf(store.list(""))).toEqual(twins.slice(index + 1).sort(compareKeys));
      }
    });

    test("upload and replace take them too", async () => {
      const { store } = fresh();
      for (const key of ["CON", "a\\b", "e\u0301", "y".repeat(room), "a:b"]) {
        await store.upload(key, utf8("uploaded"));
        expect(await contentOf(store, key)).toEqual(utf8("uploaded"));
        await store.replace(key, utf8("replaced"));
        expect(await contentOf(store, key)).toEqual(utf8("replaced"));
      }
    });

    test("what is no key never reaches the store", async () => {
      const { store } = fresh();
      const none = [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/.",
        "a\0b",
        "a\nb",
        "\x7f",
        "a\x85",
        "\ud800",
      ];
      for (const key of [...none, "é".repeat(513), ".fogbound/store.json", ".fogbound/probe/x"]) {
        await expect(store.create(key, utf8("x"))).rejects.toThrow(TypeError);
        await expect(store.get(key)).rejects.toThrow(TypeError);
        await expect(store.delete(key)).rejects.toThrow(TypeError);
      }
      expect(await keysOf(store.list(""))).toEqual([]);
    });
  });
}
