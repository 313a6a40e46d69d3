import { signingKeyFromSeed } from "@fogbound/crypto";
import { describe, expect, test } from "vitest";
import { type HostEntry, hostIdOf, type Issuer, type Session, session, verifySession } from "../src/index.js";
import { expectFailure } from "./kit/failure.js";

const [readerKey, hostKey, otherKey, sessionKey] = [1, 2, 3, 4].map((seed) =>
  signingKeyFromSeed(new Uint8Array(32).fill(seed)),
) as [SigningKeys, SigningKeys, SigningKeys, SigningKeys];
type SigningKeys = ReturnType<typeof signingKeyFromSeed>;

const host: HostEntry = { id: hostIdOf(hostKey.publicKey), key: hostKey.publicKey, mostInstances: 1 };
const other: HostEntry = { id: hostIdOf(otherKey.publicKey), key: otherKey.publicKey, mostInstances: 1 };
const readers = [
  { name: "someone", key: otherKey.publicKey },
  { name: "reader", key: readerKey.publicKey },
];
const listed: Issuer = { id: "local", hosts: [host.id], readers };
const stranger: Issuer = { id: "elsewhere", hosts: [host.id, other.id], readers };

const held = {
  suite: 1,
  key: sessionKey.publicKey,
  subject: "local#reader",
  audience: [`aut_${"a".repeat(26)}`],
  time: 1,
  expires: 2,
} as const;
const byReader: Session = { ...held, heldBy: "reader", host: null };
const byHost: Session = { ...held, heldBy: "host", host: host.id };

async function isRefused(
  value: Session,
  key: SigningKeys,
  issuers: readonly Issuer[] = [stranger, listed],
  hosts: readonly HostEntry[] = [other, host],
): Promise<void> {
  const bytes = await session.sign(value, key);
  const error = await expectFailure("READER_UNPROVED", () => verifySession(bytes, issuers, hosts));
  expect(error.message).toContain('nobody the manifest lists for "local" vouches for it');
}

describe("who vouches for a session", () => {
  test("the reader's own listed key, or a host among its issuer's hosts", async () => {
    const own = await session.sign(byReader, readerKey);
    expect(await verifySession(own, [stranger, listed], [])).toEqual(byReader);
    const hosts = await session.sign(byHost, hostKey);
    expect(await verifySession(hosts, [stranger, listed], [other, host])).toEqual(byHost);
  });

  test("not another reader's key, another issuer's list, or nobody's", async () => {
    await isRefused(byReader, otherKey);
    await isRefused({ ...byReader, subject: "local#nobody" }, readerKey);
    await isRefused(byReader, readerKey, [stranger]);
    await isRefused(byReader, readerKey, []);
  });

  test("not a host whom the issuer does not list, nor one the manifest does not name", async () => {
    await isRefused({ ...byHost, host: other.id }, otherKey);
    await isRefused(byHost, hostKey, [stranger]);
    await isRefused(byHost, hostKey, [listed], [other]);
    await isRefused(byHost, hostKey, [listed], []);
  });

  test("not one host in another's name, nor a reader as host or a host as reader", async () => {
    await isRefused(byHost, otherKey);
    await isRefused(byHost, readerKey);
    await isRefused({ ...byHost, host: null }, hostKey);
    await isRefused(byReader, hostKey);
    await isRefused({ ...byReader, host: host.id }, readerKey);
  });

  test("nobody by a signature that does not hold", async () => {
    const bytes = await session.sign(byReader, readerKey);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const error = await expectFailure("READER_UNPROVED", () => verifySession(bytes, [listed], []));
    expect(error.message).toContain("its signature does not hold");
  });
});
