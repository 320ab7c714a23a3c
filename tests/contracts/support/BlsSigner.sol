// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "../../../contracts/libraries/Bls12381.sol";

/// @notice BLS keys and signatures for tests: multiplications by the precompiles, with a secret that tests may know.
library BlsSigner {
    bytes private constant _G2 = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        hex"000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";

    function publicKey(uint256 secret) internal view returns (bytes memory) {
        return _run(0x0e, bytes.concat(_G2, bytes32(secret)));
    }

    function sign(uint256 secret, bytes32 message) internal view returns (bytes memory) {
        return _run(0x0c, bytes.concat(Bls12381.hashToG1(message), bytes32(secret)));
    }

    function _run(uint256 precompile, bytes memory input) private view returns (bytes memory) {
        (bool done, bytes memory output) = address(uint160(precompile)).staticcall(input);
        require(done, "precompile");
        return output;
    }
}
