import { createAuthorityGroup } from "@fogbound/authority";
import { generateSigningKey } from "@fogbound/identity";
import { type Answer, type Answered, answer, leafReceipt, receipt } from "@fogbound/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type Authority, type Capsule, FogboundError, type Harmonizer, Host } from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
afterEach(() => all.close());

async function sealed(): Promise<Capsule> {
  all = await parties();
  return all.owner.seal({ items: [textItem("a.txt", "secret"), textItem("b.txt", "other")], policy: viewers });
}

const ask = async (host: Host, capsule: Capsule, item = "a.txt") =>
  host.access(await sessionOf(host), { capsule: capsule.id, item, action: "view" });

async function permits(capsule: Capsule): Promise<number> {
  let records = 0;
  for await (const name of all.authority.journal(capsule.id).list()) if (/\/\d{8}$/.test(name)) records++;
  return records;
}

describe("A harmonizer that", () => {
  const lies: Record<string, (real: Harmonizer) => Partial<Harmonizer>> = {
    "signs receipts with a key that is not its own": (real) => ({
      submitBatch: async (batch, waiting) => {
        const thief = generateSigningKey();
        return Promise.all(
          (await real.submitBatch(batch, waiting)).map(async (bytes) => {
            const given = leafReceipt.decode(bytes);
            const forged = await receipt.sign(receipt.read(given.receipt).value, thief);
            return leafReceipt.encode({ ...given, receipt: forged });
          }),
        );
      },
    }),
    "gives the first receipt for everything": (real) => {
      let first: readonly Uint8Array[] | null = null;
      return {
        submitBatch: async (batch, waiting) => {
          const own = await real.submitBatch(batch, waiting);
          first ??= own;
          return first.map((one) => (one === own[0] ? new Uint8Array([0xf6]) : one));
        },
      };
    },
    "states another ordinal than it signed": (real) => ({
      submitBatch: async (batch, waiting) =>
        (await real.submitBatch(batch, waiting)).map((bytes) =>
          leafReceipt.encode({ ...leafReceipt.decode(bytes), ordinals: [1] }),
        ),
    }),
    "gives no receipts": () => ({ submitBatch: async () => [] }),
  };

  it.each(Object.entries(lies))("%s gets no key out: nobody is even asked", async (_, lie) => {
    const capsule = await sealed();
    const host = await all.newHost({ harmonizer: (real) => liar(real, lie(real)) });
    const failure = await ask(host, capsule).catch((error: unknown) => error);
    expect(FogboundError.isInstance(failure) ? failure.code : failure).toMatch(
      /^(VERIFICATION_FAILED|RECORD_NOT_DURABLE|FORMAT_INVALID)$/,
    );
    // The registration alone was journalled.
    expect(await permits(capsule)).toBe(1);
    expect((await ask(all.host, capsule)).outcome).toBe("permitted");
  });

  it("cannot be reached lets no key out", async () => {
    const capsule = await sealed();
    let away = false;
    const gone = async (): Promise<never> => {
      throw new FogboundError("HARMONIZER_UNREACHABLE", "away");
    };
    const host = await all.newHost({
      harmonizer: (real) =>
        liar(real, {
          submitBatch: (batch, waiting) => (away ? gone() : real.submitBatch(batch, waiting)),
          inForce: (id, waiting) => (away ? gone() : real.inForce(id, waiting)),
        }),
    });
    expect((await ask(host, capsule)).outcome).toBe("permitted");
    const before = await permits(capsule);
    away = true;
    await expect(ask(host, capsule)).rejects.toMatchObject({
      code: "RECORD_NOT_DURABLE",
      cause: { code: "HARMONIZER_UNREACHABLE" },
    });
    expect(await permits(capsule)).toBe(before);
    away = false;
    expect((await ask(host, capsule)).outcome).toBe("permitted");
  });

  it("says that an older manifest is in force brings back no right that was taken away", async () => {
    const capsule = await sealed();
    const old = await all.harmonizer.inForce(capsule.id);
    await all.owner.revoke(capsule.id, { reader: "local#reader" });
    const host = await all.newHost({ harmonizer: (real) => liar(real, { inForce: async () => old }) });
    await expect(ask(host, capsule)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
  });
});

describe("An authority that", () => {
  /** Changes what it says in an answer, signing with its real key. */
  const saying =
    (key: Parameters<typeof answer.sign>[1], change: Partial<Answer>) =>
    (real: Authority): Partial<Authority> => ({
      answer: async (question, waiting) => {
        const given = await real.answer(question, waiting);
        const value = answer.read(given.answer).value;
        return { ...given, answer: await answer.sign({ ...value, ...change }, key) };
      },
    });

  async function refusedBy(lie: (real: Authority) => Partial<Authority>, capsule: Capsule): Promise<void> {
    const host = await all.newHost({ authority: (real) => liar(real, lie(real)) });
    await expect(ask(host, capsule)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    await host.close();
  }

  it("is not the one that signed is not believed", async () => {
    const capsule = await sealed();
    await refusedBy(saying(generateSigningKey(), {}), capsule);
    const { keys } = await createAuthorityGroup(1, 1);
    await refusedBy(saying(keys[0]?.answerKey ?? generateSigningKey(), {}), capsule);
  });

  it("answers with what it answered to another request, or about another capsule, is refused", async () => {
    const capsule = await sealed();
    const other = await all.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers });
    const kept: Answered[] = [];
    const keeping = await all.newHost({
      authority: (real) =>
        liar(real, {
          answer: async (question, waiting) => {
            const given = await real.answer(question, waiting);
            kept.push(given);
            return given;
          },
        }),
    });
    await ask(keeping, capsule);
    await ask(keeping, other);
    for (const given of kept) await refusedBy(() => ({ answer: async () => given }), capsule);
  });

  it("swaps the share, drops it, or names one it did not send is refused", async () => {
    const capsule = await sealed();
    const changed =
      (change: (given: Answered) => Answered) =>
      (real: Authority): Partial<Authority> => ({
        answer: async (question, waiting) => change(await real.answer(question, waiting)),
      });
    await refusedBy(
      changed((given) => ({ ...given, share: null })),
      capsule,
    );
    await refusedBy(
      changed((given) => ({ ...given, share: given.share?.map((byte) => byte ^ 1) ?? null })),
      capsule,
    );
    await refusedBy(
      changed((given) => ({ ...given, answer: given.answer.with(-1, (given.answer.at(-1) ?? 0) ^ 1) })),
      capsule,
    );
  });

  it("gives the host a part's key that is none is refused", async () => {
    const capsule = await sealed();
    const host = await all.newHost({ authority: (real) => liar(real, { register: async () => new Uint8Array(80) }) });
    await expect(ask(host, capsule)).rejects.toMatchObject({ name: "FogboundError" });
  });

  it("has always just started anew does not keep a host registering for ever", async () => {
    const capsule = await sealed();
    let registrations = 0;
    const host = await all.newHost({
      authority: (real) =>
        liar(real, {
          register: (registration, waiting) => {
            registrations++;
            return real.register(registration, waiting);
          },
          answer: async () => {
            throw new FogboundError("HOST_UNPROVED", "who are you?", { retryable: true });
          },
        }),
    });
    await expect(ask(host, capsule)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(registrations).toBe(2);
  });

  it("cannot be reached lets nothing out, and says so", async () => {
    const capsule = await sealed();
    const away = (): Promise<never> => Promise.reject(new FogboundError("AUTHORITY_UNREACHABLE", "away"));
    const host = await all.newHost({ authority: (real) => liar(real, { answer: away }) });
    await expect(ask(host, capsule)).rejects.toMatchObject({ code: "AUTHORITY_UNREACHABLE" });
    await expect(
      Host.open({ store: all.vault, key: all.hostKey, harmonizer: all.harmonizer, authorities: [] }),
    ).rejects.toBeInstanceOf(TypeError);
  });
});
