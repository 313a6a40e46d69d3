import { generateSigningKey, type SigningKey } from "@fogbound/identity";
import { type Batch, batch, batchStatement, type CapsuleId } from "@fogbound/protocol";
import type { Damageable, History } from "./history.js";
import { batchOfSeveral, chainsIn, nameInLog, nextNumber, sparesOf } from "./log-names.js";
import { writeEpochAnew } from "./rewritten-epoch.js";

/** What the attacker has beside the store. */
export interface Attacked extends Damageable {
  readonly history: History;
  readonly capsule: CapsuleId;
  /** The key of a host's instance, as a thief has it who was inside its process. */
  instanceKey(signer: Uint8Array): SigningKey;
}

/** What an audit of it comes to: the exit code, and a finding that must be there, or the code of the error in its place. */
type Expected = readonly [exitCode: number, code: string];

export interface Attack {
  readonly name: string;
  readonly expected: Expected;
  /** @returns the names of what it did away with or changed, as whoever reads the audit must find them */
  readonly does: (vault: Attacked) => Promise<readonly string[]> | readonly string[];
}

export const attacks: readonly Attack[] = [
  {
    name: "a host's batch under parity is removed",
    expected: [0, "BATCH_MISSING"],
    does: ({ files }) => removed(files, chainsIn(files, "capsules/")[0].batches[2]),
  },
  {
    name: "a host's batch of an open stripe is removed",
    expected: [0, "BATCH_MISSING"],
    does: ({ files }) => removed(files, chainsIn(files, "capsules/")[0].batches.at(-1)),
  },
  {
    name: "a batch of the journal is removed",
    expected: [0, "BATCH_MISSING"],
    does: ({ files }) => removed(files, chainsIn(files, "authority/")[0].batches[3]),
  },
  {
    name: "two adjacent batches are removed",
    expected: [0, "BATCH_MISSING"],
    does: ({ files }) => removed(files, ...chainsIn(files, "capsules/")[0].batches.slice(3, 5)),
  },
  {
    name: "two adjacent batches are removed, and all that would bring them back",
    expected: [4, "BATCH_MISSING"],
    does({ files }) {
      const [chain] = chainsIn(files, "capsules/");
      files.remove(...sparesOf(files, chain));
      return removed(files, ...chain.batches.slice(3, 5));
    },
  },
  {
    name: "two batches are swapped",
    expected: [0, "BATCH_ALTERED"],
    does({ files }) {
      const [, one = "", other = ""] = chainsIn(files, "capsules/")[0].batches;
      files.swap(one, other);
      return [one, other].map(nameInLog);
    },
  },
  {
    name: "two batches of two instances are swapped",
    expected: [0, "BATCH_ALTERED"],
    does({ files }) {
      const [
        {
          batches: [one = ""],
        },
        second,
      ] = chainsIn(files, "capsules/");
      const other = second?.batches[0] ?? "";
      files.swap(one, other);
      return [one, other].map(nameInLog);
    },
  },
  {
    name: "a batch is doubled over the next one",
    expected: [0, "BATCH_ALTERED"],
    does({ files }) {
      const [, one = "", next = ""] = chainsIn(files, "capsules/")[0].batches;
      files.write(next, files.read(one));
      return [nameInLog(next)];
    },
  },
  {
    name: "the last batch is doubled behind itself",
    expected: [5, "RECORD_UNRECEIPTED"],
    does({ files }) {
      const last = chainsIn(files, "capsules/")[0].batches.at(-1) ?? "";
      files.write(nextNumber(last), files.read(last));
      return [nameInLog(nextNumber(last))];
    },
  },
  {
    name: "a record is taken out of a batch",
    expected: [0, "BATCH_ALTERED"],
    does: ({ files }) =>
      changedBatch(files, ({ headers, bodies }) => ({ headers: headers.slice(1), bodies: bodies.slice(1) })),
  },
  {
    name: "the records of a batch are reordered",
    expected: [0, "BATCH_ALTERED"],
    does: ({ files }) =>
      changedBatch(files, ({ headers, bodies }) => ({ headers: headers.toReversed(), bodies: bodies.toReversed() })),
  },
  {
    name: "a record of a batch is doubled",
    expected: [0, "BATCH_ALTERED"],
    does: ({ files }) =>
      changedBatch(files, ({ headers, bodies }) => ({
        headers: [...headers, ...headers.slice(-1)],
        bodies: [...bodies, ...bodies.slice(-1)],
      })),
  },
  {
    name: "the body of a record is taken out, with no note of an erasure",
    expected: [0, "BODY_ALTERED"],
    does: ({ files }) => changedBatch(files, ({ bodies }) => ({ bodies: [null, ...bodies.slice(1)] })),
  },
  {
    name: "a batch is signed anew by another key",
    expected: [0, "BATCH_ALTERED"],
    async does({ files }) {
      const [, , , key = ""] = chainsIn(files, "capsules/")[0].batches;
      const object = batch.decode(files.read(key));
      const { value } = batchStatement.read(object.statement);
      files.write(key, batch.encode({ ...object, statement: await batchStatement.sign(value, generateSigningKey()) }));
      return [nameInLog(key)];
    },
  },
  {
    name: "an epoch is written anew under a secret of a thief who has the instance key",
    expected: [4, "CHAIN_FORKED"],
    does: (vault) => writeEpochAnew(vault, chainsIn(vault.files, "capsules/")[1]),
  },
  {
    name: "a whole instance is removed, its stripe still open",
    expected: [5, "WRAP_ALTERED"],
    does({ files }) {
      const chain = chainsIn(files, "capsules/").at(-1);
      return removed(files, ...files.keys(chain?.prefix));
    },
  },
  {
    name: "a whole instance is removed, its stripes closed",
    expected: [4, "BATCH_MISSING"],
    does: ({ files }) => removed(files, ...files.keys(chainsIn(files, "capsules/")[0].prefix)),
  },
  {
    name: "the hosts' log is removed",
    expected: [4, "BATCH_MISSING"],
    does: ({ files, capsule }) => removed(files, ...files.keys(`capsules/${capsule}/instances/`)),
  },
  {
    name: "the journal is removed",
    expected: [4, "BATCH_MISSING"],
    does: ({ files }) => removed(files, ...files.keys("authority/")),
  },
  {
    name: "the hosts' log and the journal are removed",
    expected: [4, "BATCH_MISSING"],
    does: ({ files, capsule }) =>
      removed(files, ...files.keys("authority/"), ...files.keys(`capsules/${capsule}/instances/`)),
  },
  {
    name: "the hosts' log, the journal and all that the harmonizer keeps of them are removed",
    expected: [4, "BATCH_MISSING"],
    does: ({ files, capsule }) =>
      removed(
        files,
        ...files.keys("authority/"),
        ...files.keys(`capsules/${capsule}/instances/`),
        ...files.keys("harmonizer/parity/"),
        ...files.keys("harmonizer/open/"),
      ),
  },
  {
    name: "a wrap of an epoch's secret is removed",
    expected: [5, "WRAP_ALTERED"],
    does: ({ files, capsule }) =>
      removed(
        files,
        files.keys(`capsules/${capsule}/instances/`).find((key) => key.includes("/keys/")),
      ),
  },
  {
    name: "the checkpoint is removed",
    expected: [0, "COPY_ALTERED"],
    does: ({ files }) => removed(files, "harmonizer/checkpoint"),
  },
  {
    name: "the checkpoint is an older one",
    expected: [0, "COPY_ALTERED"],
    does({ files, history }) {
      files.write("harmonizer/checkpoint", history.older.get("harmonizer/checkpoint") ?? Buffer.alloc(0));
      return ["harmonizer/checkpoint"];
    },
  },
  {
    name: "the checkpoint is changed",
    expected: [1, "FORMAT_INVALID"],
    does({ files }) {
      files.flip("harmonizer/checkpoint", 120);
      return ["harmonizer/checkpoint"];
    },
  },
  {
    name: "a sequence object is removed",
    expected: [1, "FORMAT_INVALID"],
    does: ({ files }) => removed(files, files.keys("harmonizer/sequence/")[7]),
  },
  {
    name: "the last sequence object is removed",
    expected: [1, "FORMAT_INVALID"],
    does: ({ files }) => removed(files, files.keys("harmonizer/sequence/").at(-1)),
  },
  {
    name: "the last sequence object and the checkpoint are removed",
    expected: [4, "PIN_CONTRADICTED"],
    does({ files }) {
      removed(files, files.keys("harmonizer/sequence/").at(-1), "harmonizer/checkpoint");
      return ["pinned checkpoint"];
    },
  },
  {
    name: "a sequence object is changed",
    expected: [4, "VERIFICATION_FAILED"],
    does({ files }) {
      const key = files.keys("harmonizer/sequence/")[7] ?? "";
      files.flip(key);
      return [key];
    },
  },
  {
    name: "two sequence objects are swapped",
    expected: [4, "VERIFICATION_FAILED"],
    does({ files }) {
      const [, , one = "", other = ""] = files.keys("harmonizer/sequence/");
      files.swap(one, other);
      return [one];
    },
  },
  {
    name: "everything of the harmonizer is removed",
    expected: [4, "VERIFICATION_FAILED"],
    does({ files, capsule }) {
      removed(files, ...files.keys("harmonizer/"));
      return [`nothing of ${capsule}`];
    },
  },
  {
    name: "everything but contents and manifests is removed",
    expected: [4, "VERIFICATION_FAILED"],
    does({ files, capsule }) {
      removed(
        files,
        ...files.keys("authority/"),
        ...files.keys(`capsules/${capsule}/instances/`),
        ...files.keys("harmonizer/"),
      );
      return [`nothing of ${capsule}`];
    },
  },
  {
    name: "a manifest is removed",
    expected: [4, "MANIFEST_MISSING"],
    does: ({ files, capsule }) => removed(files, files.keys(`capsules/${capsule}/manifests/`)[1]),
  },
  {
    name: "all manifests are removed",
    expected: [4, "PIN_CONTRADICTED"],
    does({ files, capsule }) {
      removed(files, ...files.keys(`capsules/${capsule}/manifests/`));
      return ["No manifest descends", "pinned checkpoint"];
    },
  },
  {
    name: "the whole vault is put back to an older state",
    expected: [4, "PIN_CONTRADICTED"],
    does({ files, history }) {
      files.become(history.older);
      return ["An older state was restored"];
    },
  },
];

function removed(files: Damageable["files"], ...keys: readonly (string | undefined)[]): readonly string[] {
  const known = keys.map((key) => key ?? "");
  files.remove(...known);
  return namesOf(known);
}

/** What a finding calls them. Copies that others made for themselves go without a word: what they copy is audited. */
function namesOf(keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => {
    if (key.includes("/instances/")) return [nameInLog(key)];
    if (/^capsules\/.*\/manifests\//.test(key)) return [key.slice(key.lastIndexOf("-") + 1)];
    return key.includes("/manifests/") || /^harmonizer\/(parity|open|tile)\//.test(key) ? [] : [key];
  });
}

/** Of a batch of several records. */
function changedBatch(files: Damageable["files"], change: (value: Batch) => Partial<Batch>): readonly string[] {
  const key = batchOfSeveral(files);
  const value = batch.decode(files.read(key));
  files.write(key, batch.encode({ ...value, ...change(value) }));
  return [nameInLog(key)];
}
