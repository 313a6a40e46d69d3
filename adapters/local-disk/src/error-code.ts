import type { StoreErrorCode } from "@fogbound/storage";

/** What this driver itself finds wrong with a directory. */
export class LocalDiskError extends Error {
  readonly storeCode: StoreErrorCode;

  constructor(storeCode: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LocalDiskError";
    this.storeCode = storeCode;
  }
}

/** POSIX error numbers (errno(3)) as Node names them. Those not here are unknown, EIO first of all. */
const codes: Readonly<Record<string, StoreErrorCode>> = {
  EACCES: "STORE_REFUSED",
  EPERM: "STORE_REFUSED",
  EROFS: "STORE_REFUSED",
  ENOSPC: "STORE_FULL",
  EDQUOT: "STORE_FULL",
  EFBIG: "STORE_FULL",
  ENOENT: "STORE_UNREACHABLE",
  ESTALE: "STORE_UNREACHABLE",
  ENODEV: "STORE_UNREACHABLE",
  ENXIO: "STORE_UNREACHABLE",
  ENOTCONN: "STORE_UNREACHABLE",
  ETIMEDOUT: "STORE_UNREACHABLE",
  EMFILE: "STORE_UNREACHABLE",
  ENFILE: "STORE_UNREACHABLE",
  EBUSY: "STORE_UNREACHABLE",
  ENOTDIR: "STORE_UNSUITABLE",
  EISDIR: "STORE_UNSUITABLE",
  ELOOP: "STORE_UNSUITABLE",
  EXDEV: "STORE_UNSUITABLE",
  ENOSYS: "STORE_UNSUITABLE",
  ENOTSUP: "STORE_UNSUITABLE",
  EMLINK: "STORE_UNSUITABLE",
  ENAMETOOLONG: "STORE_UNSUPPORTED",
};

export function errorCode(error: unknown): StoreErrorCode | null {
  if (error instanceof LocalDiskError) return error.storeCode;
  const number = errorNumber(error);
  return number === null ? null : (codes[number] ?? null);
}

/** "ENOENT" and the like; null for what is no error of the operating system. */
export function errorNumber(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
