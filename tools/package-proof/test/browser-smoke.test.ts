import { webcrypto } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../src/bundle.js";

/** A page's globals and none of Node's: no process, no Buffer, no require. */
function page(): Record<string, unknown> {
  return { crypto: webcrypto, TextEncoder, TextDecoder, URL, DOMException, setTimeout, atob, btoa };
}

describe("@fogbound/crypto without Node", () => {
  const context = createContext(page());

  function run(expression: string): unknown {
    const hex = "(bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')";
    return runInContext(`(async () => { const hex = ${hex}; return ${expression}; })()`, context);
  }

  beforeAll(async () => {
    const { text } = await bundle("@fogbound/crypto", { platform: "browser", globalName: "fogboundCrypto" });
    runInContext(text, context);
  });

  test("the page has no Node in it", async () => {
    expect(await run("[typeof process, typeof Buffer, typeof require].join()")).toBe("undefined,undefined,undefined");
  });

  test("hashes (FIPS 180-4, the example abc)", async () => {
    expect(await run("hex(fogboundCrypto.sha256(new TextEncoder().encode('abc')))")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  test("derives (RFC 5869, test case 1)", async () => {
    const salt = "Uint8Array.from({ length: 13 }, (_, i) => i)";
    const info = "Uint8Array.from({ length: 10 }, (_, i) => 0xf0 + i)";
    expect(await run(`hex(fogboundCrypto.hkdfSha256(new Uint8Array(22).fill(0x0b), ${salt}, ${info}, 42))`)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  test("draws random bytes", async () => {
    const drawn = await run("hex(fogboundCrypto.randomBytes(32))");
    expect(drawn).toMatch(/^[0-9a-f]{64}$/);
    expect(await run("hex(fogboundCrypto.randomBytes(32))")).not.toBe(drawn);
  });
});
