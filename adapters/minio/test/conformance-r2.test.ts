import { testStore } from "@fogbound/storage/conformance";
import { startMiniflare } from "@fogbound/tool-store-servers/miniflare";
import { failuresWith } from "./failures.js";
import { freshS3, useServer } from "./fresh-s3.js";

useServer(startMiniflare);
// Its router takes the line separator for the end of a path.
const unaddressable = ["\u2028"];
testStore({ name: "minio on R2's own S3", start: () => freshS3(), failures: failuresWith(), unaddressable });
