import TestSupport
import Testing

@testable import Gateway

/// The digests of all steps of the schema (`expectFrozen`).
private let released = [
    // users and tokens
    "1f56b0ef0f827c03989cf2f8dce6a328124883f4419d3f554c07e18bea2a6a3d",
    // outbox
    "9e648a6f19b2b1825464c5e2a6104b0094367eb4f91c30b9fce44356c6e4adb2",
    // audit
    "2d9e18e881dc2cce28fc5ddb504d4e825fba65ef3c43716207da396d5cb2637a",
    // kept answers
    "bff136e55e532a6d4848519c23c957088833151c26024b30a3202bed631dedbb",
    // sign-in
    "1ee6ceb2506bb5ddb6ed8aace4f5675f005c19bf662fbe4191091ef5aa33315f",
    // sessions
    "1ffbc8cd44ba5f6b6b7a4ac4f9253d31d5ad3a40bc8266474d3048623ea59fa6",
    // mails
    "24bde68f9d75bff09af6eb24a7646a4637f103f9bdb2c9ee99ecd167afefd9de",
    // codes for who was invited
    "53f3a1dc76c872f0347ea0fbf4fc39b1aeb780caaf615de0de4c372b8dd74de1",
    // tries of mails
    "30914ef3440bf86abed199525e501455d429cb2d7a0b489e4cc2e5389bccfda7",
    // sessions by their end
    "f7b7a3cf109e4d4e68d5e4823f94537d3a0abab2bfe6a39808cc990e750c5727",
    // unknown users
    "21c2f136cac243fb00afe06a07605199a5291cad849c349aa3a2dec9af6a07b5",
    // bytes of kept answers
    "5d2965b29e5b1c9d3f0745e2052da1eb0991c7ea1ddc5eedb5333026180b6ce9",
    // users are searched by folded text
    "dbc03d406a8f14286335ae124cf26ffa9386559e595126972dac97df39a6a628",
    // names of stored responses
    "bad8392c6af73172d6898246fcb6c86b09aebb907e312d2993f7dab4dc43d719",
    // long lists
    "585271fa915c807007bf180b31c602b70c0e395ed6b3cfc0ae3d3b3d04700da2",
    // who acted for whom
    "e12931f8d60ee27078ef364669bfae0e84f6d8fa32cb3771bd34c22db1efd947",
    // external ids of users
    "e09808a82a0539bee7478f9baf975873891d3e53dad10d80c2e14929eb912ef7",
    // suspended users, rates of tokens, devices of sessions
    "26b46a90503d8313a1ebf197f1526338144bd0ddde77d9a3ca98008c05b4dc76",
    // operations
    "e3674ad0fc00a81873466c4c787f4eec9e32053cdefe605ef064e1a634885614",
    // events of audit entries
    "d19bdd27574affac1ba2e9c636a31ba66dbb6cc993f9023fc3e5be4791e91818",
    // sealed values by their secret
    "a83a53fcd459bf4466c81e01033e9d0eeaa71c9fe2d79ea56710e94c6cd5fef8",
    // retention
    "0ca78f6bba16e3630cd623135aec5882a16ab9c7417283d78b52874c318de0b4",
    // export of users
    "9bcc9d1f6af8a7cfc7d80bc1086a0bdc9316cc3fc116abfcfa25186216568aa7",
    // languages
    "e2345cd5a7a2d4c4a737d988dc6721b487d222500d8ca39d765d8fd8ef4746fe",
    // back to the app
    "d5be47113b34d709ea90d57962662ec3d6bc00b4c5ac524099eaafbd91fa4f2b",
    // users managed by SCIM
    "990fe22ec2e3aefad886627c6dec6ab7f65b5b2b9ffab6ac9bee489e241660fd",
    // who gets e-mails about shares
    "801c3c508c9e37e0a86d83e65c1d4197332acec343fddba395436ddc7bf26d13",
    // from the identity provider to the console
    "c4846624078d9c74bfe911f89eba275f8702936bd84bc2ff1d5ef5a2edfcfe88",
    // e-mails about shares
    "2cb5a145c0f55005deb2e7f98d155422b72d99bd8adaa158643e3d1114bb2ff1",
    // users are searched in an index
    "beae26c0794f33d22d131830616299ac67fe43a2f322aad4f649a40ceb54f411",
]

@Suite struct MigrationTests {
    @Test func `a released step of the schema never changes`() {
        expectFrozen(gatewayMigrations, released)
    }
}
