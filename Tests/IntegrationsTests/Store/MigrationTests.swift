import TestSupport
import Testing

@testable import Integrations

/// The digests of all steps of the schema (`expectFrozen`).
private let released = [
    // teams
    "f3734a894321141e0f0a4fcebc082e8113a74b1a7ded39256bdc559e7b86dc0d",
    // integrations
    "f7a13d7a6d49f23e904b4840eff4420965d364bc667dcae76ce55568a1028eb2",
    // inbox
    "ae33460f1462f180761dc2ac50cb236c0d8e20640ea9ca4b3ccff3780b541a60",
    // what is gone
    "60f3446e3746ce3c79fe12d26fc331565aa45fabb84a0a5ba3b5ea6f3ff6593d",
    // audit
    "2d9e18e881dc2cce28fc5ddb504d4e825fba65ef3c43716207da396d5cb2637a",
    // kept answers
    "bff136e55e532a6d4848519c23c957088833151c26024b30a3202bed631dedbb",
    // bytes of kept answers
    "5d2965b29e5b1c9d3f0745e2052da1eb0991c7ea1ddc5eedb5333026180b6ce9",
    // quotas
    "d471513fdaf3f2241af797a1c58cdeeac88ebb95e2f6ec00f9e1ffc3d9adb64f",
    // jobs
    "224793ccc6285fff14d2c386a7d738d189123a224827c2b686e3ed96787a2a3b",
    // names are searched by folded text
    "f87b4035d4922675614873bf2b54b2fb3320508f6debebd0dc32a0b62a140bc9",
    // names of stored responses
    "bad8392c6af73172d6898246fcb6c86b09aebb907e312d2993f7dab4dc43d719",
    // name of tombstones
    "f06660b349c4fd60316bd35ddcff720be07352e0eee24edd7cd63ad6ff10ce34",
    // long lists
    "2b568ea87f012f6f02e2b6cf1feaca75aa10a6a807c709eb0e4730e0785acd72",
    // who acted for whom
    "e12931f8d60ee27078ef364669bfae0e84f6d8fa32cb3771bd34c22db1efd947",
    // suspended users
    "35c3f90ed95f990406575f5200d2b9e945af450e28c1bc3c0c1350ef7fea0a92",
    // external ids
    "47b29d90627fa07a52ab5aad028c184ed83519b4810f5ed76c82bd7e0786bd77",
    // offboardings
    "1a6a7f43d59d3c3304a1e267cf88dcbb36f97f3fbdf776034fbe0d91f70e43d2",
    // events of audit entries
    "d19bdd27574affac1ba2e9c636a31ba66dbb6cc993f9023fc3e5be4791e91818",
    // admins of teams
    "c2823d56749c86acba1447bc3eadabacb4f16900342478e32d543aa41e02f5d0",
    // retention
    "451b730503661de3ee9db9b1f6f44aba1c5d2795795632ba38413c664aa2ac61",
    // audit of users
    "844474bd5ec6811aa930e3770088cd8bbc391a055ae3cf657fffb6cbaf22ba41",
    // teams managed by SCIM
    "ad7f6432c892e48ca69b6d8bf88eaae93063d87a56f0a8a2b83d288551ec4573",
    // outbox
    "9e648a6f19b2b1825464c5e2a6104b0094367eb4f91c30b9fce44356c6e4adb2",
]

@Suite struct MigrationTests {
    @Test func `a released migration step never changes`() {
        expectFrozen(integrationsMigrations, released)
    }
}
