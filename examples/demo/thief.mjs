import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { localDisk } from "@fogbound/adapter-local-disk";
import { alertMailbox, collectAlerts, ObjectStore, ownerKeysOf, Policy, readKeyFile } from "fogbound";
import { createEmbeddedKeyFile, openEmbedded } from "fogbound/embedded";
import { customerLists } from "./customers.mjs";
import { count, say, show, showTable, title } from "./print.mjs";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const subject = "local#ann";
const question = "At which lake did we meet?";

/**
 * A login is stolen: what the guard makes of it. A month of work is hundreds of objects, so this part of the story lies in
 * a folder, whatever store the rest is told in.
 * @throws Error as soon as something is not as it must be
 */
export async function tellOfTheThief(folder) {
  const keyFile = join(folder, "keys", "fog.key");
  const passphrase = randomBytes(24).toString("base64");
  let now = Date.UTC(2026, 8, 1, 6);
  const clock = () => now;
  const wait = (milliseconds) => {
    now += milliseconds;
  };
  const { recoveryKey } = await createEmbeddedKeyFile(keyFile, passphrase);
  const keys = await ownerKeysOf(await readKeyFile(keyFile, passphrase));
  const box = await ObjectStore.open(localDisk({ directory: join(folder, "mailbox") }));
  const alerts = alertMailbox(box, keys.read.publicKey);
  const store = await ObjectStore.open(localDisk({ directory: join(folder, "guarded") }));
  const { owner, host, close } = await openEmbedded({ store, keyFile, passphrase, clock, alerts });
  const lists = customerLists();

  title("12. A folder with a guard, and a reader who works with it for a month");
  const capsule = await sealGuarded(owner, lists);
  const asking = { host, capsule, wait, clock };
  await workForAMonth(asking, lists);

  title("13. At 03:10 somebody with the reader's login takes the whole folder");
  now = atNight(now);
  const loot = await sweep(asking, lists);

  title("14. Lines of it turn up in a mail");
  await traceTheLeak(owner, capsule, loot);

  title("15. What the owner is told");
  await alerts.settled();
  await printAlerts(box, capsule, keys);
  await printSuspicions(owner, capsule);

  title("16. The reader comes back, and the owner says that it is really her");
  now = nextMorning(now);
  await comeBack(owner, asking, lists[0]);
  await close();
  await box.close();
  return { store, keyFile, passphrase, recoveryKey };
}

async function sealGuarded(owner, lists) {
  const items = lists.map(({ name, mediaType, text: content }) => ({ name, mediaType, content: new Blob([content]) }));
  const questions = [{ question, answer: "Bodensee" }];
  const { id } = await owner.seal({
    items,
    policy: Policy.allow({ readers: [subject], actions: ["view"] }),
    fog: { response: "challenge", alarmsPerMonth: 1, readers: [{ reader: subject, zone: "Europe/Vienna", questions }] },
  });
  say(`${count(items.length, "customer list")} sealed as ${id}, with a guard:`);
  say("one false alarm a month at most; who surprises is asked a question, who fails it gets decoys.");
  return id;
}

/** Two lists of her region, a few times on every working day. */
async function workForAMonth(asking, lists) {
  const [first, second] = lists;
  let accesses = 0;
  for (let today = 0; today < 30; today++) {
    asking.wait(2 * hour);
    if (new Date(asking.clock()).getUTCDay() % 6 !== 0)
      for (const { name } of [first, second, first]) {
        asking.wait((25 + ((today * 7 + accesses * 13) % 40)) * minute);
        const access = await ask(asking, name);
        if (access.outcome !== "permitted") throw new Error(`Expected permitted, got ${access.outcome}.`);
        await text(access.read());
        accesses++;
      }
    asking.wait(day - ((asking.clock() - Date.UTC(2026, 8, 1, 6)) % day));
  }
  say(`${subject} views two lists, ${accesses} times in all, on working days, in the morning. Nobody is bothered.`);
}

async function sweep(asking, lists) {
  let served = 0;
  let challenge = null;
  const taken = [];
  for (const { name } of lists.slice(2)) {
    asking.wait(4000);
    const access = await ask(asking, name, challenge === null ? undefined : { challenge, answer: "Wörthersee" });
    if (access.outcome === "challenged") {
      say(`After ${count(served, "list")} more the thief is asked: ${access.question}`);
      say("He does not know, and guesses: Wörthersee. The answer is the same as to a right reply: permitted.");
      challenge = access.challenge;
      continue;
    }
    if (access.outcome !== "permitted") throw new Error(`Expected permitted, got ${access.outcome}.`);
    const content = await text(access.read());
    const isReal = lists.some((one) => one.text === content);
    if (isReal) served++;
    else taken.push({ name, content });
    challenge = null;
  }
  if (taken.length === 0) throw new Error("Expected the thief to be given decoys, got none.");
  say(
    `He was given ${count(served, "real list")} before he was stopped, and ${count(taken.length, "decoy")} after. One begins:`,
  );
  show(taken.at(-1).content.split("\n").slice(0, 4).join("\n"));
  return taken;
}

async function traceTheLeak(owner, capsule, loot) {
  const { name, content } = loot.at(-1);
  const lines = content.split("\n").slice(20, 26).reverse();
  const mail = `Hi,\n\nas promised:\n\n${lines.map((line) => `> ${line.split(",").slice(0, 2).join("; ")}`).join("\n")}\n\nMore for money.\n`;
  show(mail);
  const [trace] = await owner.trace(capsule, [Buffer.from(mail)]);
  if (trace === undefined) throw new Error("Expected the lines to name an access, got nothing.");
  const [access] = trace.accesses;
  const named = trace.accesses.some(({ item }) => item === name);
  if (access?.reader !== subject || !named) throw new Error(`Expected ${subject} and ${name}, got another access.`);
  say(
    `${count(trace.identifiers, "customer number")} in it, in reverse order and without the other columns, name the episode:`,
  );
  say(`${access.reader}, from ${access.time.toISOString()}, ${count(trace.accesses.length, "item")}.`);
  say(`That other lines would say so by chance: less than ${trace.chance.toExponential(0)}.`);
}

async function printAlerts(box, capsule, keys) {
  const letters = [];
  for await (const letter of collectAlerts(box, capsule, keys)) letters.push(letter);
  if (letters.length === 0) throw new Error("Expected alerts in the mailbox, got none.");
  say(`${count(letters.length, "alert")} in the mailbox, sealed to the owner. The first:`);
  show(`${new Date(letters[0].time).toISOString()}  ${letters[0].sentence}`);
}

async function printSuspicions(owner, capsule) {
  const audit = await owner.audit(capsule);
  const rows = [];
  let calm = 0;
  for await (const { time, reader, item, outcome, fog } of audit.accesses()) {
    if (fog === null || fog.step === "calm") calm++;
    else rows.push([time.toISOString().slice(0, 16), reader, item, outcome, fog.step]);
  }
  say(`The audit has ${count(calm, "access", "accesses")} that were as usual, and:`);
  showTable(["TIME", "READER", "ITEM", "THE HOST SAW", "IT WAS"], rows.slice(0, 6));
  say(`   … and ${rows.length - 6} more`);
  const { outcome } = await audit.verdict();
  if (outcome !== "proved") throw new Error(`Expected the verdict proved, got ${outcome}.`);
  say("The verdict: proved.");
}

async function comeBack(owner, asking, list) {
  const before = await ask(asking, list.name);
  if (before.outcome !== "permitted" || (await text(before.read())) === list.text)
    throw new Error("Expected a decoy before the owner has spoken.");
  say("The reader is given a decoy, knows her own customers, and calls the owner. The owner says: that is her.");
  await owner.trust(asking.capsule, subject);
  asking.wait(minute);
  const after = await ask(asking, list.name);
  if (after.outcome !== "permitted" || (await text(after.read())) !== list.text)
    throw new Error("Expected the real list once the owner has spoken.");
  say("She has her real list again.");
}

async function ask({ host, capsule }, item, reply) {
  const session = await host.sessionFor(subject, { address: "192.0.2.7" });
  return host.access(session, { capsule, item, action: "view", ...(reply === undefined ? {} : { reply }) });
}

/** Ten past three in Vienna, the night after. */
function atNight(now) {
  return now - (now % day) + day + hour + 10 * minute;
}

function nextMorning(now) {
  return now - (now % day) + 7 * hour;
}
