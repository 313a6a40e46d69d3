// `npm run demo|test|bench` start here, on a machine that has Node, npm and git and nothing else.
// This file keeps to syntax that any Node with modules can parse, so that an old one gets the sentence and not a SyntaxError.
const required = [20, 19];
const running = process.versions.node.split(".").map(Number);

if (running[0] < required[0] || (running[0] === required[0] && running[1] < required[1])) {
  console.error(
    "Fogbound needs Node " +
      required.join(".") +
      " or newer; this is Node " +
      process.versions.node +
      ". " +
      "Install a newer one (https://nodejs.org) and run the same command again.",
  );
  process.exitCode = 1;
} else {
  import("./run/job.mjs").then(function start(module) {
    return module.runJob(process.argv.slice(2)).then(function leave(exitCode) {
      process.exitCode = exitCode;
    });
  });
}
