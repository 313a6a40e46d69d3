import { mkdirSync, writeFileSync } from "node:fs";
import { concatBytes, hkdfSha256, label, toHex, utf8 } from "../../../packages/crypto/src/index.js";
import { marksOf } from "../../../packages/fog/src/beacon/marks.js";
import { type IdentifierShape, identifierShape } from "../../../packages/fog/src/beacon/shape.js";
import {
  digitsShape,
  ibanShape,
  mailShape,
  phoneShape,
  pictureShape,
  uuidShape,
} from "../../../packages/fog/src/beacon/shapes.js";
import { takeReply } from "../../../packages/fog/src/challenge/answer.js";
import { beginChallenge } from "../../../packages/fog/src/challenge/begin.js";
import { enroll } from "../../../packages/fog/src/challenge/enroll.js";
import { enrolled } from "../../../packages/fog/src/challenge/enrolled.js";
import { challengeState, freshState } from "../../../packages/fog/src/challenge/state.js";
import { fixed } from "./keys.js";

const banks = ["20111", "32000", "12000"].map((text, at) => ({ text, weight: 5 - 2 * at }));

const shapes: Readonly<Record<string, IdentifierShape>> = {
  number: digitsShape(6),
  zeros: digitsShape(10, { beginnings: [{ text: "000", weight: 1 }] }),
  card: digitsShape(16, {
    beginnings: [
      { text: "4053", weight: 2 },
      { text: "5153", weight: 1 },
    ],
    check: "luhn",
  }),
  ean: digitsShape(13, { beginnings: [{ text: "978", weight: 1 }], check: "ean" }),
  iban: ibanShape("AT", banks, 11),
  uuid: uuidShape,
  picture: pictureShape("[INV]-[2026]-######"),
  letters: pictureShape("AA-aaa***"),
  mail: mailShape({ first: ["anna", "ben", "clara"], last: ["maier", "huber"], between: "." }, 6),
  phone: phoneShape({ country: "43", trunk: "0" }, [{ text: "664", weight: 1 }], 7),
};

/** Makes the golden samples of fog, once: marks that must be found for ever, and what was enrolled and kept by a guard. */
async function make(directory: string): Promise<void> {
  const capsule = `cap_${"a".repeat(52)}` as const;
  // As beacon keys were derived then; now they are random.
  const key = hkdfSha256(
    fixed("owner's beacon key"),
    new Uint8Array(),
    concatBytes(label("beacon"), utf8(capsule)),
    32,
  );
  const samples = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape: toHex(identifierShape.encode(shape)),
    marks: [0, 1, 70].map((episode) => ({
      episode,
      identifiers: [0, 1, 2, 3, 4].map((row) => marksOf(key, episode).identifier(shape, row)),
    })),
  }));
  mkdirSync(directory, { recursive: true });
  write(`${directory}/beacons-v1.json`, {
    ownerKey: toHex(fixed("owner's beacon key")),
    capsule,
    key: toHex(key),
    samples,
  });
  write(`${directory}/challenge-v1.json`, await challenge());
}

async function challenge(): Promise<unknown> {
  const [question, answer] = ["Who taught you to swim?", "Aunt Zoë Łódź"];
  const totp = fixed("secret of an authenticator").slice(0, 20);
  const base = { reader: "local#reader", askOwner: true } as const;
  const withQuestion = await enroll({ ...base, questions: [{ question, answer }], totp: null });
  const withTotp = await enroll({ ...base, questions: [{ question, answer }], totp });
  const id = fixed("challenge");
  const now = Date.UTC(2026, 10, 29, 12);
  const begin = { id, now, random: fixed("random") };
  const begun = beginChallenge(enrolled.decode(withQuestion), freshState, begin).state;
  const owners = enrolled.decode(await enroll({ ...base, questions: [], totp: null }));
  const waiting = beginChallenge(owners, begun, { ...begin, id: fixed("second challenge") }).state;
  const { state } = takeReply(null, waiting, { id, reply: "", now });
  const kept = { ...state, memories: [{ method: "totp", memory: 59_000_000 }], passes: 1, replays: 2 };
  return {
    question,
    answer,
    totp: toHex(totp),
    now,
    id: toHex(id),
    waitingId: toHex(fixed("second challenge")),
    withQuestion: toHex(withQuestion),
    withTotp: toHex(withTotp),
    begun: toHex(challengeState.encode(begun)),
    kept: toHex(challengeState.encode(kept)),
  };
}

function write(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`, { flag: "wx" });
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
