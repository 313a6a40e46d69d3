// An application with a login of its own serves a capsule's items; this runs it, asks it, and reads the audit.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { createApplication } from "./server.mjs";

/** Stands for the login you have: a cookie of this application, and whose it is. */
const cookies = new Map(["ann", "bob"].map((user) => [`session=${randomBytes(16).toString("hex")}`, user]));
const userOf = (request) => cookies.get(request.headers.cookie) ?? null;

const folder = await mkdtemp(join(tmpdir(), "fogbound-login-"));
try {
  const store = await ObjectStore.open(localDisk({ directory: join(folder, "vault") }));
  const passphrase = randomBytes(24).toString("base64");
  const { owner, host, close } = await openEmbedded({ store, keyFile: join(folder, "keys", "owner.key"), passphrase });
  const policy = Policy.allow({ readers: ["local#ann"], actions: ["view"], uses: 2 });
  const items = [{ name: "2026/minutes.txt", mediaType: "text/plain", content: new Blob(["The minutes."]) }];
  const { id } = await owner.seal({ items, policy });

  const application = createApplication({ host, issuer: "local", userOf }).listen(0, "127.0.0.1");
  await once(application, "listening");
  const { port } = application.address();
  const get = async (path, cookie) => {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, { headers: cookie ? { cookie } : {} });
    return { status: response.status, text: await response.text() };
  };

  const [ann, bob] = [...cookies.keys()];
  const minutes = `${id}/2026/minutes.txt`;
  await expectAnswer("a stranger", get(minutes), 401);
  await expectAnswer("a forged cookie", get(minutes, "session=0"), 401);
  await expectAnswer("bob, whom no rule names", get(minutes, bob), 403);
  await expectAnswer("ann", get(minutes, ann), 200, "The minutes.");
  await expectAnswer("ann, another item", get(`${id}/other.txt`, ann), 404);
  await expectAnswer("ann, another capsule", get(`cap_${"a".repeat(52)}/x`, ann), 404);
  await expectAnswer("ann, no capsule", get("favicon.ico", ann), 404);
  await expectAnswer("ann again", get(minutes, ann), 200, "The minutes.");
  await expectAnswer("ann a third time: the rule says two", get(minutes, ann), 403);

  application.close();
  await once(application, "close");
  const audit = await owner.audit(id);
  for await (const { reader, action, item, outcome, heldBy } of audit.accesses())
    console.log(`on record: ${reader} ${action} ${item} ${outcome}, session held by the ${heldBy}`);
  const { outcome } = await audit.verdict();
  console.log(`verdict: ${outcome}`);
  if (outcome !== "proved") throw new Error(`Expected the verdict proved, got ${outcome}.`);
  await close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function expectAnswer(who, answered, status, text = "") {
  const got = await answered;
  console.log(`${who}: ${got.status}`);
  if (got.status !== status || got.text !== text)
    throw new Error(
      `Expected ${status} ${JSON.stringify(text)} for ${who}, got ${got.status} ${JSON.stringify(got.text)}.`,
    );
}
