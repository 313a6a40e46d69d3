import { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { AzureBlobError } from "./error-code.js";
import type { ResolvedOptions, TokenCredential } from "./options.js";

/** A client that repeats a create by itself sees its own first success as somebody else's blob. */
const once = { retryOptions: { maxTries: 1 } } as const;

/** @throws AzureBlobError `STORE_REFUSED` when @azure/identity is needed and not installed. */
export async function containerClient(options: ResolvedOptions): Promise<ContainerClient> {
  const { credentials, endpoint, container } = options;
  if (credentials === "default") return tokenClient(options, await defaultCredential());
  if ("token" in credentials) return tokenClient(options, credentials.token);
  if ("sas" in credentials) return new ContainerClient(`${endpoint}/${container}?${credentials.sas}`, undefined, once);
  if ("connectionString" in credentials) return serviceOf(credentials.connectionString).getContainerClient(container);
  const key = new StorageSharedKeyCredential(credentials.account, credentials.accountKey);
  return new ContainerClient(`${endpoint}/${container}`, key, once);
}

/** @throws TypeError for a string that is none; what the client says of it may repeat a part of it. */
export function serviceOf(connectionString: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString, once);
  } catch {
    throw new TypeError(
      "Expected a connection string as the Azure portal shows it: DefaultEndpointsProtocol=…;AccountName=…",
    );
  }
}

function tokenClient({ endpoint, container }: ResolvedOptions, token: TokenCredential): ContainerClient {
  return new ContainerClient(`${endpoint}/${container}`, token, once);
}

/** Loaded when it is needed and no sooner: it is an optional peer, and large. */
export async function defaultCredential(
  load: () => Promise<{ readonly DefaultAzureCredential: new () => TokenCredential }> = () => import("@azure/identity"),
): Promise<TokenCredential> {
  try {
    const { DefaultAzureCredential } = await load();
    return new DefaultAzureCredential();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    const message =
      "no AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN is set, and for a login @azure/identity is not installed: npm i @azure/identity";
    throw new AzureBlobError(message, "STORE_REFUSED");
  }
}
