import TestSupport
import Testing

@testable import Entities

/// The digests of all steps of the schema (`expectFrozen`).
private let released = [
    // entities
    "a2dd4ab1e63f672ff069dffcd1d07656b161a45563e8ebbc91b7cbe053e7a4fc",
    // versions
    "65199812a67d9cc5bc3869c7807782d72615d4738770855c117eed406af39159",
    // applied events
    "ae33460f1462f180761dc2ac50cb236c0d8e20640ea9ca4b3ccff3780b541a60",
    // deleted users
    "3e95e94fb5ef8ae1c10bd582c0cf536fab2cbdf09998ce5f5831bc82417546ad",
    // audit
    "2d9e18e881dc2cce28fc5ddb504d4e825fba65ef3c43716207da396d5cb2637a",
    // kept answers
    "bff136e55e532a6d4848519c23c957088833151c26024b30a3202bed631dedbb",
    // what is gone
    "38d51f1f16142d94d84a5242199a952e0bd2dcde9edd5adfa29c880bb350ed07",
    // outbox
    "9e648a6f19b2b1825464c5e2a6104b0094367eb4f91c30b9fce44356c6e4adb2",
    // organizations' entities
    "aa0f695ff98b7e62fd426c2d31269df6c71e187a45b45ac679419ca189010db0",
    // publishers by membership
    "f44cafc83098a0756aac80eecce7c11735fab0427c6852a263870967e2470f2f",
    // bytes of kept answers
    "5d2965b29e5b1c9d3f0745e2052da1eb0991c7ea1ddc5eedb5333026180b6ce9",
    // quotas
    "67bdb91ac1cf69463abda74159ea774a888404074a322c42dba6b931555ee1ad",
    // jobs
    "224793ccc6285fff14d2c386a7d738d189123a224827c2b686e3ed96787a2a3b",
    // public entities
    "6c8f58d0b6f26e5ed6c5e028e2ae7c1bebce128b1bc1b17d5e3e46e2d5189d82",
    // entities are searched by folded text
    "9a499afc3a14942a63b35cc0625b65e7b445e410148809d4f59cc893692d1b48",
    // names of stored responses
    "bad8392c6af73172d6898246fcb6c86b09aebb907e312d2993f7dab4dc43d719",
    // name of tombstones
    "f06660b349c4fd60316bd35ddcff720be07352e0eee24edd7cd63ad6ff10ce34",
    // long lists
    "e4edd6af1037b0fe06507bf298efe5107f67c7aa075a8f31943101eee9acfe14",
    // who acted for whom
    "e12931f8d60ee27078ef364669bfae0e84f6d8fa32cb3771bd34c22db1efd947",
    // suspended users
    "35c3f90ed95f990406575f5200d2b9e945af450e28c1bc3c0c1350ef7fea0a92",
    // resharing
    "c3769771517291160147ebb6a3cb1c395885770f460c89a172998cc5aebcb190",
    // people
    "1df782dd71d11a105edd2751bc6ab90eae317f56285d387efbde2cddaf7a4772",
    // external ids
    "e273705942c280b9d67d24f574bb615f2dc51048fed062b6f0eb571d7a7478bf",
    // offboardings
    "1a6a7f43d59d3c3304a1e267cf88dcbb36f97f3fbdf776034fbe0d91f70e43d2",
    // events of audit entries
    "d19bdd27574affac1ba2e9c636a31ba66dbb6cc993f9023fc3e5be4791e91818",
    // grants of users who have many
    "f71de357ab45c19c8aa95eb42d7f795c1436c1854516582a306eb9b9506de70e",
    // search in public entities, shares by type
    "323ea8040537a9852f22e096f5211089e36b6fcf424b5f4d920ab267bfd96a1f",
    // retention
    "451b730503661de3ee9db9b1f6f44aba1c5d2795795632ba38413c664aa2ac61",
    // audit of users
    "844474bd5ec6811aa930e3770088cd8bbc391a055ae3cf657fffb6cbaf22ba41",
    // copy of stores
    "5704d40b1763b410c53c8e9e97136f4ababb1494fac5bf5ae2d9abb71da8db51",
]

@Suite struct MigrationTests {
    @Test func `a released step of the schema never changes`() {
        expectFrozen(entitiesMigrations, released)
    }
}
