export type { Credentials, CredentialsSource } from "./credentials.js";
export { minio } from "./driver.js";
export type { MinioOptions, ObjectLock } from "./options.js";
export { minioFromUrl } from "./url.js";
