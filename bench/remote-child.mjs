// `remote-child KIND BYTES SECONDS READERS ROUNDS`: what Fogbound costs over one kind of real server, in a process of its own.
import { createDecipheriv, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { assertBytes, mebibyte, percentile, secondsOf } from "./harness.mjs";
import { accessAll, inParallel, sealSmall, subjectsOf } from "./readers.mjs";
import { startRemote } from "./remote-stores.mjs";
import { lengthOf, sealRaw } from "./sealing.mjs";
import { pieces } from "./synthetic.mjs";

const [kind, ...numbers] = process.argv.slice(2);
const [bytes, seconds, readers, rounds] = numbers.map(Number);
const smallBody = new Uint8Array(4096).fill(7);
const smallCalls = 300;
const warmUpCalls = 200;
const subject = "local#reader";
const rangeBytes = mebibyte;
const ranges = 64;

const remote = await startRemote(kind);
const folder = await mkdtemp(join(tmpdir(), "fogbound-remote-"));
let most = 0;
const looking = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
try {
  const store = await ObjectStore.open(remote.driver);
  const passphraseCost = { cost: 2 ** 10 };
  const keyFile = join(folder, "key");
  const { owner, host, close } = await openEmbedded({ store, keyFile, passphrase: "gone with it", passphraseCost });
  const large = await largeItem(owner, host);
  const small = await smallObjects(store);
  const many = await manyReaders(owner, host);
  await close();
  process.send({ server: remote.server, ...large, ...small, ...many });
} finally {
  clearInterval(looking);
  await rm(folder, { recursive: true });
  await remote.stop();
}
process.disconnect();

/** Sealed, viewed and read in ranges by a host, before the vendor's client moves anything: its memory is not ours. */
async function largeItem(owner, host) {
  const policy = Policy.allow({ readers: [subject], actions: ["view"] });
  const seal = (size) => owner.seal({ items: [{ name: "large", content: pieces(size) }], policy });
  await view(host, await seal(4 * mebibyte));
  const before = process.memoryUsage.rss();
  most = before;
  const capsule = await seal(bytes);
  await view(host, capsule);
  const ranged = await secondsOf(() => viewRanges(host, capsule));
  const residentMebibytes = (most - before) / mebibyte;
  const uploads = { sealed: () => seal(bytes), uploadedRaw: () => remote.uploadRaw("large", pieces(bytes)) };
  const downloads = {
    viewed: () => view(host, capsule),
    downloadedRaw: () => downloadRaw("large", bytes),
    openedRaw: async () => decryptRaw(await remote.getRaw("large"), bytes),
  };
  const uploaded = await takingTurns(uploads, 2);
  const downloaded = await takingTurns(downloads, 3);
  const encryptedRaw = await secondsOf(() => sealRaw(bytes));
  const decryptedRaw = await secondsOf(() => decryptRaw(pieces(bytes), bytes));
  return { ranged, residentMebibytes, ...uploaded, ...downloaded, encryptedRaw, decryptedRaw };
}

/** One server gives now more and now less, and so does the machine: each side is first as often as last. @returns mean seconds */
async function takingTurns(sides, times) {
  const seconds = Object.fromEntries(Object.keys(sides).map((name) => [name, 0]));
  for (let time = 0; time < times; time++)
    for (const [name, work] of inTurn(sides, time)) seconds[name] += (await secondsOf(work)) / times;
  return seconds;
}

async function permitted(host, capsule) {
  const session = await host.sessionFor(subject, { address: "192.0.2.7" });
  const access = await host.access(session, { capsule: capsule.id, item: "large", action: "view" });
  if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
  return access;
}

async function view(host, capsule) {
  const access = await permitted(host, capsule);
  assertBytes("a view", await lengthOf(access.read()), access.size);
}

async function viewRanges(host, capsule) {
  const access = await permitted(host, capsule);
  const length = Math.min(rangeBytes, access.size);
  const step = Math.floor((access.size - length) / ranges);
  for (let at = 0; at < ranges; at++)
    assertBytes("a range", await lengthOf(access.read({ offset: at * step, length })), length);
  await access.end();
}

async function downloadRaw(key, expected) {
  assertBytes("a raw object", await lengthOf(await remote.getRaw(key)), expected);
}

/** What opening has to do at least. The tag is of no matter: it comes last, and costs the same for other bytes. */
async function decryptRaw(source, size) {
  const decipher = createDecipheriv("aes-256-gcm", randomBytes(32), randomBytes(12));
  let length = 0;
  for await (const piece of source) length += decipher.update(piece).length;
  assertBytes("a raw plaintext", length, size);
}

/** One call after another, ours and the vendor's in turn, of which each is first as often as the others. */
async function smallObjects(store) {
  const times = { put: [], putRaw: [], get: [], getStream: [], getRaw: [] };
  const both = { put: (key) => store.create(key, smallBody), putRaw: (key) => remote.createRaw(key, smallBody) };
  const gets = {
    get: async (key) => assertBytes("an object", (await (await store.get(key)).bytes()).length, smallBody.length),
    getStream: async (key) => assertBytes("an object", await lengthOf((await store.get(key)).body), smallBody.length),
    getRaw: (key) => downloadRaw(key, smallBody.length),
  };
  for (let call = 0; call < warmUpCalls + smallCalls * rounds; call++) {
    for (const [name, work] of [...inTurn(both, call), ...inTurn(gets, call)]) {
      const seconds = await secondsOf(() => work(`bench/${call}`));
      if (call >= warmUpCalls) times[name].push(seconds);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, percentile(all, 50)]));
}

function inTurn(sides, call) {
  const all = Object.entries(sides);
  const first = call % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function manyReaders(owner, host) {
  const subjects = subjectsOf(readers);
  const capsule = await sealSmall(owner, subjects, 3600);
  const all = [];
  for (const one of subjects)
    all.push({ session: await host.sessionFor(one, { address: "192.0.2.7" }), capsules: [capsule] });
  await accessAll(host, all, 2);
  const { perSecond: accesses } = await accessAll(host, all, seconds);
  let puts = 0;
  const end = performance.now() + seconds * 1000;
  await inParallel([...all.keys()], readers, async (worker) => {
    for (let call = 0; performance.now() < end; call++, puts++)
      await remote.putRaw(`many/${worker}/${call}`, smallBody);
  });
  return { accesses, puts: puts / seconds };
}
