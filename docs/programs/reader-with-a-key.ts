// A reader who holds a key of his own: no host can sign for him.
import { formatPublicKey, type Host, Reader, readerKeysOf, readKeyFile } from "fogbound";
import type { Embedded } from "fogbound/embedded";

export async function readAs(name: string, keyFile: string, passphrase: string, embedded: Embedded): Promise<void> {
  const ring = await readKeyFile(keyFile, passphrase);
  if (ring === null) throw new Error(`There is no key file ${keyFile}.`);
  const keys = readerKeysOf(ring);
  console.error(`${name} is ${formatPublicKey(keys.signing.publicKey)}`);
  const reader = await Reader.open({ subject: `local#${name}`, keys, audience: embedded.authorityIds });
  await view(embedded.host, reader);
}

async function view(host: Host, reader: Reader): Promise<void> {
  const offer = await host.offer("cap_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  const request = await reader.request(offer, { item: "report.pdf", action: "view", purpose: "the yearly review" });
  const access = await host.accessSigned(request, { address: "10.0.0.7", country: null });
  if (access.outcome === "denied") console.error(`refused: ${access.reason}`);
}
