// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../../contracts/governance/IBureauRegistry.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice BureauRegistry: entering, retiring and condemning keys.
contract KeysTest is Fixture {
    /// @dev RFC 7515, appendix A.3: a published key; its RFC 7638 thumbprint was computed outside Solidity.
    bytes internal constant RFC_KEY = hex"037fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445";

    IBureauRegistry.Purpose internal constant CREDENTIAL = IBureauRegistry.Purpose.Credential;
    IBureauRegistry.Purpose internal constant SEAL = IBureauRegistry.Purpose.Seal;
    IBureauRegistry.Purpose internal constant ANCHOR = IBureauRegistry.Purpose.Anchor;

    function setUp() public override {
        super.setUp();
        _populate();
    }

    function _add(bytes32 thumbprint, IBureauRegistry.Purpose purpose, bytes memory publicKey) private {
        _asAuthority();
        registry.addKey(MARKET, thumbprint, purpose, publicKey, 0, 0);
    }

    function test_KeyIsReadable() public {
        (bytes memory publicKey, bytes32 thumbprint) = _p256(77);
        uint64 t = _now();
        vm.expectEmit(address(registry));
        emit IBureauRegistry.KeyAdded(MARKET, thumbprint, SEAL, publicKey, t + 5, t + 9);
        _asAuthority();
        registry.addKey(MARKET, thumbprint, SEAL, publicKey, t + 5, t + 9);
        IBureauRegistry.Key memory key = registry.key(MARKET, thumbprint);
        assertTrue(key.purpose == SEAL, "purpose");
        assertEq(key.publicKey, publicKey, "public key");
        assertEq(key.from, t + 5, "from");
        assertEq(key.until, t + 9, "until");
        assertEq(key.compromisedSince, 0, "not compromised");
        assertEq(registry.thumbprintOf(MARKET, bytes8(thumbprint)), thumbprint, "by prefix");
        assertEq(registry.thumbprintOf(HEALTH, bytes8(thumbprint)), 0, "not in another bureau");
        assertEq(registry.keyThumbprints(MARKET)[1], thumbprint, "listed");
        assertFalse(registry.keyUsable(MARKET, thumbprint, t + 4), "before");
        assertTrue(registry.keyUsable(MARKET, thumbprint, t + 5), "first second");
        assertTrue(registry.keyUsable(MARKET, thumbprint, t + 8), "last second");
        assertFalse(registry.keyUsable(MARKET, thumbprint, t + 9), "after");
    }

    function test_PublishedKeyHasItsThumbprint() public {
        _add(0xa0a232c2f194a53553cb1310ddbc0821e414b9d7ebfc290b323084d7d1020fe5, CREDENTIAL, RFC_KEY);
    }

    function testFuzz_ThumbprintIsChecked(uint256 secret, bytes32 wrong) public {
        secret = bound(secret, 1, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550);
        (bytes memory publicKey, bytes32 thumbprint) = _p256(secret);
        vm.assume(wrong != thumbprint && wrong != 0);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadThumbprint.selector, wrong, thumbprint));
        _add(wrong, CREDENTIAL, publicKey);
        _add(thumbprint, CREDENTIAL, publicKey);
    }

    function testFuzz_OtherFormsOfAPointAreRefused(uint256 secret, bytes1 prefix) public {
        secret = bound(secret, 1, 1e70);
        vm.assume(prefix != 0x02 && prefix != 0x03);
        (bytes memory publicKey, bytes32 thumbprint) = _p256(secret);
        publicKey[0] = prefix;
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadPublicKey.selector, publicKey));
        _add(thumbprint, CREDENTIAL, publicKey);
    }

    function test_RevertWhen_PointIsNotOnTheCurve() public {
        // x = 1 on P-256: 1 - 3 + b is no square.
        bytes memory publicKey = abi.encodePacked(bytes1(0x02), uint256(1));
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadPublicKey.selector, publicKey));
        _add(keccak256("any"), CREDENTIAL, publicKey);
    }

    function test_RevertWhen_XIsNotReduced() public {
        // x = 5 is on the curve; x + p names the same point in other bytes.
        uint256 p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
        bytes memory publicKey = abi.encodePacked(bytes1(0x02), 5 + p);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadPublicKey.selector, publicKey));
        _add(keccak256("any"), CREDENTIAL, publicKey);
    }

    function test_RevertWhen_PublicKeyHasAnotherLength() public {
        (bytes memory publicKey, bytes32 thumbprint) = _p256(77);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory other =
                i == 0 ? bytes("") : i == 1 ? abi.encodePacked(publicKey, hex"00") : bytes(new bytes(32));
            vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadPublicKey.selector, other));
            _add(thumbprint, CREDENTIAL, other);
        }
    }

    function test_RevertWhen_AnchorKeyCarriesAPublicKey() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadPublicKey.selector, RFC_KEY));
        _add(_thumb(9), ANCHOR, RFC_KEY);
    }

    function test_RevertWhen_AnchorKeyIsNoAddress() public {
        bytes32 wide = bytes32(uint256(uint160(vm.addr(9))) | (1 << 160));
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadThumbprint.selector, wide, _thumb(9)));
        _add(wide, ANCHOR, "");
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadThumbprint.selector, bytes32(0), bytes32(0)));
        _add(0, ANCHOR, "");
    }

    function test_RevertWhen_KeyIsEnteredTwice() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.KeyExists.selector, MARKET, _thumb(MARKET_PK)));
        _add(_thumb(MARKET_PK), ANCHOR, "");
    }

    function test_RetiredKeyIsNotEnteredAgain() public {
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), 0);
        _pass(10);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.KeyExists.selector, MARKET, _thumb(MARKET_PK)));
        _add(_thumb(MARKET_PK), ANCHOR, "");
    }

    function test_RevertWhen_PrefixIsTaken() public {
        // Two keys whose thumbprints share 8 bytes cost 2^32 hashes to find; the colliding entry is planted instead.
        PrefixPlanter planter = new PrefixPlanter();
        planter.run();
    }

    function test_RevertWhen_KeyPeriodIsInThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodInPast.selector, _now() - 1, _now()));
        _asAuthority();
        registry.addKey(MARKET, _thumb(9), ANCHOR, "", _now() - 1, 0);
    }

    function test_RevertWhen_KeyOfUnknownBureau() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.UnknownBureau.selector, _uscc(9)));
        _asAuthority();
        registry.addKey(_uscc(9), _thumb(9), ANCHOR, "", 0, 0);
    }

    // ------------------------------------------------------------------ retirement of a key

    function test_RetiredKeyKeepsItsPast() public {
        _pass(10);
        vm.expectEmit(address(registry));
        emit IBureauRegistry.KeyRetired(MARKET, _thumb(MARKET_PK), _now() + 1);
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), 0);
        assertTrue(registry.keyUsable(MARKET, _thumb(MARKET_PK), _now()), "this second stands");
        assertFalse(registry.keyUsable(MARKET, _thumb(MARKET_PK), _now() + 1), "no more");
    }

    function test_RevertWhen_KeyEndMovesLater() public {
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), _now() + 10);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadyEnds.selector, _now() + 10, _now() + 10));
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), _now() + 10);
    }

    function test_RevertWhen_KeyIsUnknown() public {
        bytes memory refusal = abi.encodeWithSelector(IBureauRegistry.UnknownKey.selector, HEALTH, _thumb(MARKET_PK));
        vm.expectRevert(refusal);
        _asAuthority();
        registry.retireKey(HEALTH, _thumb(MARKET_PK), 0);
        vm.expectRevert(refusal);
        _asAuthority();
        registry.markCompromised(HEALTH, _thumb(MARKET_PK), _now());
        vm.expectRevert(refusal);
        registry.key(HEALTH, _thumb(MARKET_PK));
    }

    // ------------------------------------------------------------------ compromise

    function _mark(address caller, uint64 since) private {
        vm.prank(caller);
        registry.markCompromised(MARKET, _thumb(MARKET_PK), since);
    }

    function test_MarkVoidsFromThatSecondOn() public {
        _pass(100);
        uint64 since = _now() - 50;
        vm.expectEmit(address(registry));
        emit IBureauRegistry.KeyCompromised(MARKET, _thumb(MARKET_PK), since);
        _mark(authority, since);
        assertTrue(registry.keyUsable(MARKET, _thumb(MARKET_PK), since - 1), "before");
        assertFalse(registry.keyUsable(MARKET, _thumb(MARKET_PK), since), "that second");
        assertFalse(registry.keyUsable(MARKET, _thumb(MARKET_PK), _now()), "now");
    }

    function test_MarkMovesEarlierOnly() public {
        _pass(100);
        uint64 since = _now() - 50;
        _mark(authority, since);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadyCompromised.selector, since, since));
        _mark(authority, since);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadyCompromised.selector, since, since + 1));
        _mark(authority, since + 1);
        _mark(authority, since - 1);
        assertEq(registry.key(MARKET, _thumb(MARKET_PK)).compromisedSince, since - 1, "earlier");
    }

    function test_RevertWhen_MarkIsInTheFutureOrZero() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadCompromiseTime.selector, _now() + 1, _now()));
        _mark(authority, _now() + 1);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadCompromiseTime.selector, 0, _now()));
        _mark(authority, 0);
    }

    function test_BureauReportsItsOwnKey() public {
        _mark(vm.addr(MARKET_PK), _now());
        assertFalse(registry.keyUsable(MARKET, _thumb(MARKET_PK), _now()), "void");
        // Void itself, it reports nothing more.
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MayNotMark.selector, vm.addr(MARKET_PK)));
        _mark(vm.addr(MARKET_PK), _now() - 1);
    }

    function test_RevertWhen_ForeignKeyMarks() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MayNotMark.selector, vm.addr(HEALTH_PK)));
        _mark(vm.addr(HEALTH_PK), _now());
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MayNotMark.selector, stranger));
        _mark(stranger, _now());
    }

    function test_RevertWhen_RetiredKeyMarks() public {
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), 0);
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MayNotMark.selector, vm.addr(MARKET_PK)));
        _mark(vm.addr(MARKET_PK), _now());
    }

    function test_RevertWhen_KeyOfASucceededBureauMarks() public {
        _asAuthority();
        registry.succeed(MARKET, HEALTH);
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MayNotMark.selector, vm.addr(MARKET_PK)));
        _mark(vm.addr(MARKET_PK), _now());
        _mark(authority, _now());
    }

    function test_StolenAnchorKeyCannotVoidTheDistantPast() public {
        _pass(365 days);
        uint64 earliest = _now() - registry.SELF_REPORT_WINDOW();
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.MarkTooFarBack.selector, earliest - 1, earliest));
        _mark(vm.addr(MARKET_PK), earliest - 1);
        _mark(vm.addr(MARKET_PK), earliest);
        _mark(authority, START);
    }
}

/// @dev Plants a thumbprint in storage to stage a collision of prefixes.
contract PrefixPlanter is Fixture {
    function run() external {
        setUp();
        _populate();
        (bytes memory publicKey, bytes32 thumbprint) = _p256(77);
        bytes32 other = thumbprint ^ bytes32(uint256(1));
        _plant(bytes8(thumbprint), other);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PrefixTaken.selector, bytes8(thumbprint), other));
        _asAuthority();
        registry.addKey(MARKET, thumbprint, IBureauRegistry.Purpose.Credential, publicKey, 0, 0);
        // Another bureau is not concerned.
        _asAuthority();
        registry.addKey(HEALTH, thumbprint, IBureauRegistry.Purpose.Credential, publicKey, 0, 0);
    }

    /// @dev Finds the slot by trying each member of the struct, so that the layout may change.
    function _plant(bytes8 prefix, bytes32 value) private {
        for (uint256 base = 0; base < 12; ++base) {
            uint256 entry = uint256(keccak256(abi.encode(MARKET, base)));
            for (uint256 member = 0; member < 16; ++member) {
                bytes32 slot = keccak256(abi.encode(prefix, entry + member));
                vm.store(address(registry), slot, value);
                if (registry.thumbprintOf(MARKET, prefix) == value) return;
                vm.store(address(registry), slot, 0);
            }
        }
        assertTrue(false, "no slot found");
    }
}
