import {
  alertLetter,
  type CapsuleId,
  challengeReply,
  type FogSettings,
  familiar,
  fogSettings,
  hashOf,
  randomOpening,
  recordHeader,
  replyText,
  sealRecord,
} from "../../../packages/protocol/src/index.js";
import { fixed, signingKey } from "./keys.js";
import type { Sample } from "./sample.js";

const settings: FogSettings = {
  suite: 1,
  response: "challenge",
  alarmsPerThousandMonths: 1000,
  forced: ["local#known-thief"],
  isHoney: false,
  beaconKey: fixed("beacon"),
  readers: [
    { reader: "local#reader", zone: "Europe/Vienna", challenge: fixed("enrolled") },
    { reader: "local#other", zone: null, challenge: null },
  ],
  models: [fixed("model"), null],
};

/** What came with fog: settings, a challenge's reply, the owner's word for a reader, a journal entry with a verdict. */
export async function sampleFog(capsule: CapsuleId): Promise<readonly Sample[]> {
  const reply = { suite: 1 as const, sealed: [{ recipient: fixed("part"), ciphertext: fixed("reply") }] };
  const text = { suite: 1 as const, challenge: fixed("challenged"), answer: "Bodensee, 1987" };
  const word = { suite: 1 as const, capsule, reader: "local#reader" as const, time: 1_790_000_000_000 };
  const letter = {
    suite: 1 as const,
    capsule,
    kind: "reader-suspected",
    time: 1_790_000_000_000,
    sentence: "local#reader asked for customers.csv and was given a decoy: opened 40 items never opened before.",
  };
  return [
    plain("alert-letter", alertLetter.encode(letter), letter),
    plain("fog-settings", fogSettings.encode(settings), settings),
    plain("challenge-reply", challengeReply.encode(reply), reply),
    plain("challenge-answer", replyText.encode(text), text),
    {
      file: "familiar-v1.cbor",
      format: "familiar",
      bytes: await familiar.sign(word, signingKey("root")),
      signer: "root",
      value: word,
    },
    ...(await journalEntry()),
  ];
}

function plain(format: string, bytes: Uint8Array, value: unknown): Sample {
  return { file: `${format}-v1.cbor`, format, bytes, signer: null, value };
}

async function journalEntry(): Promise<readonly Sample[]> {
  const recordKey = fixed("record key with fog");
  const value = {
    kind: "answered",
    time: 1_790_000_000_000,
    opening: randomOpening(),
    request: fixed("request"),
    session: fixed("session proof"),
    place: { address: "198.51.100.9", country: null },
    header: fixed("header"),
    receipt: fixed("receipt"),
    decision: "permit",
    reason: "policy: rule-1",
    variant: "cnt_22222222222222222222222222",
    leaseSeconds: 0,
    share: fixed("share"),
    fog: {
      step: "fogged",
      score: 9_250,
      threshold: 4_100,
      because: "opened 40 items never opened before, in 3 minutes",
      mark: 70_211,
    },
  } as const;
  const draft = {
    suite: 1,
    instance: "ins_22222222222222222222222222",
    epoch: 1,
    number: 1,
    previous: null,
    kind: "answered",
    commitment: hashOf(fixed("commitment")),
    counts: [],
  } as const;
  const { header, body } = await sealRecord(draft, value, recordKey.slice());
  const named = "record-answered-fog-v1.cbor";
  return [
    { file: named, format: "record", bytes: header, signer: null, value: recordHeader.decode(header) },
    {
      file: "record-body-answered-fog-v1.bin",
      format: "record-body",
      bytes: body,
      signer: null,
      value,
      opens: { header: named, recordKey },
    },
  ];
}
