// One vault in three stores, each with an operator of its own: contents, logs, and what the harmonizer keeps of them.
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { localDisk } from "@fogbound/adapter-local-disk";
import { minio } from "@fogbound/adapter-minio";
import { openVault } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";

export async function open(passphrase: string): Promise<Embedded> {
  const store = await openVault({
    content: minio({ endpoint: "https://minio.internal:9000", bucket: "content", credentials: "environment" }),
    log: azureBlob({ container: "logs", credentials: "environment" }),
    harmonizer: localDisk({ directory: "/srv/harmonizer" }),
  });
  // From here on it is a store as any other.
  return openEmbedded({ store, keyFile: "/home/me/owner.key", passphrase });
}
