import { utf8 } from "@fogbound/crypto";
import { Secret, TOTP } from "otpauth";
import { describe, expect, it } from "vitest";
import { enrollTotp, totpStep } from "../../src/challenge/totp.js";

const digits = "1234567890";
const secrets = {
  SHA1: utf8(digits.repeat(2)),
  SHA256: utf8(digits.repeat(4).slice(0, 32)),
  SHA512: utf8(digits.repeat(7).slice(0, 64)),
};

/** RFC 6238, appendix B: seconds since 1970, and codes of eight digits. Secrets by erratum 2866. */
const vectors = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
] as const;

describe("the codes of RFC 6238", () => {
  it.each(vectors)("at %i s come out of the library", (seconds, sha1, sha256, sha512) => {
    const expected = { SHA1: sha1, SHA256: sha256, SHA512: sha512 };
    for (const algorithm of ["SHA1", "SHA256", "SHA512"] as const) {
      const secret = new Secret({ buffer: Uint8Array.from(secrets[algorithm]).buffer });
      const code = TOTP.generate({ secret, algorithm, digits: 8, period: 30, timestamp: seconds * 1000 });
      expect([algorithm, code]).toEqual([algorithm, expected[algorithm]]);
    }
  });

  it.each(vectors)(
    "at %i s are accepted by their last six digits, which is what an authenticator shows",
    (seconds, sha1) => {
      expect(totpStep(secrets.SHA1, sha1.slice(2), seconds * 1000)).toBe(Math.floor(seconds / 30));
    },
  );
});

describe("a code", () => {
  const secret = secrets.SHA1;
  const now = 1_111_111_109_000;
  const step = Math.floor(now / 30_000);

  it("is good one step early and one late, and no further", () => {
    for (const [late, found] of [
      [-60_000, null],
      [-30_000, step],
      [0, step],
      [30_000, step],
      [60_000, null],
    ] as const) {
      expect([late, totpStep(secret, "081804", now + late)]).toEqual([late, found]);
    }
  });

  it("is six digits and nothing else", () => {
    for (const code of ["", "81804", "0081804", "08180x", "０８１８０４", "081804\n", "-81804", "000000"]) {
      expect([code, totpStep(secret, code, now)]).toEqual([code, null]);
    }
  });

  it("of another secret is not good", () => {
    expect(
      totpStep(
        secrets.SHA256.slice(0, 20).map((byte) => byte ^ 1),
        "081804",
        now,
      ),
    ).toBeNull();
  });
});

describe("a fresh secret", () => {
  it("is 20 random bytes, and the address an authenticator reads", () => {
    const { secret, uri } = enrollTotp("local#reader", "Fogbound");
    expect(secret).toHaveLength(20);
    expect(enrollTotp("local#reader", "Fogbound").secret).not.toEqual(secret);
    const address = new URL(uri);
    expect(address.protocol).toBe("otpauth:");
    expect(address.searchParams.get("digits")).toBe("6");
    expect(address.searchParams.get("period")).toBe("30");
    expect(Secret.fromBase32(address.searchParams.get("secret") ?? "").bytes).toEqual(secret);
  });
});
