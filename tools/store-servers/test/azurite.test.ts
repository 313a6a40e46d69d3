import { expect, onTestFinished, test } from "vitest";
import { startAzurite } from "../src/azurite.js";

test("Azurite answers on a port of its own, to nobody without its key, until it is stopped", async () => {
  const [one, other] = await Promise.all([startAzurite(), startAzurite()]);
  onTestFinished(async () => {
    await Promise.all([one.stop(), other.stop()]);
  });
  expect(one.endpoint).not.toBe(other.endpoint);
  expect(one.credentials.accountKey).not.toBe(other.credentials.accountKey);
  for (const { endpoint } of [one, other]) {
    const answer = await fetch(`${endpoint}?comp=list`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-ms-error-code")).toBe("AuthorizationFailure");
  }
  await one.stop();
  await one.stop();
  await expect(fetch(one.endpoint)).rejects.toThrow();
  expect((await fetch(`${other.endpoint}?comp=list`)).status).toBe(403);
  await other.stop();
});
