// One of many writers: creates the key it is told, with bytes of its own, and reports how it went.
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "@fogbound/storage";

const [directory, writer] = process.argv.slice(2);
const store = await ObjectStore.open(localDisk({ directory }));

process.on("message", async ({ round, at }) => {
  await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
  const bytes = new TextEncoder().encode(`writer ${writer} in round ${round}`);
  const outcome = await store.create(`race/${round}`, bytes).then(
    () => "won",
    (error) => error.code ?? error.name,
  );
  process.send({ round, writer, outcome });
});
process.send("ready");
