// Compiles contracts/ with the soljson that npm installed: nothing is downloaded.
// The settings equal those of chain/ledger/compile.py, and a test holds both to the same bytecode.
"use strict";

const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");

const VERSION = "0.8.37";
const LONG_VERSION = "0.8.37+commit.f401782d";

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args, hre, runSuper) => {
  if (args.solcVersion !== VERSION) return runSuper();
  return {
    compilerPath: require.resolve("solc/soljson.js"),
    isSolcJs: true,
    version: VERSION,
    longVersion: LONG_VERSION,
  };
});

/** @type import("hardhat/config").HardhatUserConfig */
module.exports = {
  solidity: {
    version: VERSION,
    settings: {
      evmVersion: "prague",
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: "none", appendCBOR: false },
    },
  },
  paths: {
    sources: "contracts",
    tests: "tests/contracts",
    artifacts: "build/hardhat/artifacts",
    cache: "build/hardhat/cache",
  },
};
