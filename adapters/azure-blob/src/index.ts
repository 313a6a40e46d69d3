export { azureBlob } from "./driver.js";
export type { AzureBlobCredentials, AzureBlobOptions, TokenCredential } from "./options.js";
export { azureBlobFromUrl } from "./url.js";
