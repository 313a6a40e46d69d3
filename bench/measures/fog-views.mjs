import { Policy } from "fogbound";
import { areaUnderCurve } from "../classify.mjs";
import { fogParties } from "../fog-parties.mjs";
import { row } from "../harness.mjs";

const items = 60;
const sealedDecoys = 3;
const looks = 6;
const [honest, fogged] = ["local#honest", "local#fogged"];
const most = 0.6;

export const names = ["fog.storeView", "fog.hostView", "fog.hostGuesses.1", "fog.hostGuesses.5", "fog.hostGuesses.25"];

/** Whether a store, or a host, tells decoys that were sealed with a capsule from what is real. */
export async function measure() {
  const seen = [];
  let current = null;
  const parties = await fogParties(({ answer, share, variant }, seconds) => {
    const { chunks, root, wrap } = variant;
    const features = [answer.length, share.length, chunks, root.length, wrap.length, seconds, ...shape(answer)];
    seen.push({ ...current, features });
  });
  const capsule = await parties.owner.seal({
    items: Array.from({ length: items }, (_, number) => item(number)),
    policy: Policy.allow({ readers: [honest, fogged], actions: ["view"] }),
    fog: { forced: [fogged], sealedDecoys },
  });
  const store = await storeView(parties, capsule.id);
  for (let look = -1; look < looks; look++)
    for (let number = 0; number < items; number++)
      for (const reader of number % 2 === look % 2 ? [honest, fogged] : [fogged, honest]) {
        current = { group: number, isOne: reader === honest, look };
        await readAll(parties.host, capsule.id, number, reader);
      }
  await parties.close();
  const beside = `area under the curve of a random forest, 0.5 is a coin; beside the most there may be, ${most}`;
  const host = areaUnderCurve(seen.filter(({ look }) => look >= 0));
  const area = (name, what, value) => row(name, value, "AUC", `${what}: ${beside}`, value / most);
  return [
    area("fog.storeView", `real among ${sealedDecoys} decoys, by size, name, order and ciphertext`, store),
    area("fog.hostView", "answers that permit what is real or a decoy, by shape, sizes and time", host),
    ...[1, 5, 25].map((servings) => guesses(servings)),
  ];
}

function item(number) {
  const rows = Array.from(
    { length: 200 },
    (_, at) =>
      `${String((number * 7919 + at * 104_729) % 1e8).padStart(8, "0")},${at % 7},2026-0${1 + (at % 9)}-1${at % 10}`,
  );
  return {
    name: `list-${number}.csv`,
    mediaType: "text/csv",
    content: new Blob([`id,kind,day\n${rows.join("\n")}\n`]),
  };
}

async function storeView({ vault, owner }, capsule) {
  const { version, authority } = await owner.describe(capsule);
  const things = [];
  for (const [group, { variants }] of version.manifest.items.entries()) {
    const objects = await Promise.all(
      variants.map(({ content }) => vault.get(`capsules/${capsule}/content/${content}`)),
    );
    const order = objects.map(({ modified }) => modified.getTime());
    for (const [at, object] of objects.entries()) {
      const bytes = await object.bytes();
      const earlier = order.filter((time) => time < order[at]).length;
      const name = Buffer.from(variants[at].content.slice(4));
      things.push({
        group,
        isOne: authority.real[group] === at,
        features: [bytes.length, at, earlier, ...shape(name), ...shape(bytes)],
      });
    }
  }
  return areaUnderCurve(things);
}

/** How often each sixteenth of the values of a byte occurs, and the first eight bytes. */
function shape(bytes) {
  const counts = new Array(16).fill(0);
  for (const byte of bytes) counts[byte >> 4]++;
  return [...counts.map((count) => count / bytes.length), ...bytes.slice(0, 8)];
}

async function readAll(host, capsule, number, reader) {
  const session = await host.sessionFor(reader, { address: "192.0.2.7" });
  const access = await host.access(session, { capsule, item: `list-${number}.csv`, action: "view" });
  for await (const _ of access.read());
}

/**
 * What frequency tells: a host that takes the variant it has served most often for the real one, when one access in twenty
 * gets fog. Nothing in fog hides this.
 */
function guesses(servings) {
  const fogShare = 0.05;
  const rounds = 20_000;
  let right = 0;
  for (let round = 0; round < rounds; round++) {
    const served = new Array(sealedDecoys + 1).fill(0);
    for (let serving = 0; serving < servings; serving++) {
      const isFog = Math.random() < fogShare;
      served[isFog ? 1 + Math.floor(Math.random() * sealedDecoys) : 0]++;
    }
    const highest = Math.max(...served);
    const candidates = served.filter((count) => count === highest).length;
    if (served[0] === highest) right += 1 / candidates;
  }
  const what = `of hosts guess the real variant after ${servings} servings, by which was served most; one access in twenty gets fog; beside a blind guess`;
  return row(
    `fog.hostGuesses.${servings}`,
    (100 * right) / rounds,
    "%",
    what,
    right / rounds / (1 / (sealedDecoys + 1)),
  );
}
