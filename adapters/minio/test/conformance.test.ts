import { testStore } from "@fogbound/storage/conformance";
import { failuresWith } from "./failures.js";
import { freshS3 } from "./fresh-s3.js";

testStore({ name: "minio", start: () => freshS3(), failures: failuresWith() });
