export interface LocalDiskOptions {
  /** Where the store lies; relative to the working directory of now. Made on the first write when it is missing or empty. */
  readonly directory: string;
  /** Files of writers that were killed are removed at the first write when they are older. Default: 24 h. */
  readonly temporaryFileHours?: number;
}

export interface ResolvedOptions {
  readonly directory: string;
  readonly temporaryFileMilliseconds: number;
}
