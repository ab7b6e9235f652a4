import TestSupport
import Testing

@testable import Organizations

/// The digests of all steps of the schema (`expectFrozen`).
private let released = [
    // organizations
    "edc4f3a033998877a7602844a881994effc5d4c12010e6afd844b7c1de3a85de",
    // stores
    "f24ec861d00b2473d7074a1f9b817345e5595117980969f206b7af0934c80e8f",
    // storage
    "9f8e5c630ed0d36e760a7a01a59e0854d2ff1fc0ea54ab66b104e981f2c6b2b1",
    // inbox
    "ae33460f1462f180761dc2ac50cb236c0d8e20640ea9ca4b3ccff3780b541a60",
    // what is gone
    "60f3446e3746ce3c79fe12d26fc331565aa45fabb84a0a5ba3b5ea6f3ff6593d",
    // outbox
    "9e648a6f19b2b1825464c5e2a6104b0094367eb4f91c30b9fce44356c6e4adb2",
    // audit
    "2d9e18e881dc2cce28fc5ddb504d4e825fba65ef3c43716207da396d5cb2637a",
    // kept answers
    "bff136e55e532a6d4848519c23c957088833151c26024b30a3202bed631dedbb",
    // bytes of kept answers
    "5d2965b29e5b1c9d3f0745e2052da1eb0991c7ea1ddc5eedb5333026180b6ce9",
    // quotas
    "1b6e95e57b1d76ba47f679aa04074fb44354650ca1c18479446e1d47ecf3b024",
    // jobs
    "224793ccc6285fff14d2c386a7d738d189123a224827c2b686e3ed96787a2a3b",
    // public entities
    "81965dde78a9507a6f1a0e8a13fe11231d9a155a815d6ff62b0e0a15d92c9b25",
    // names are compared by folded text
    "9603ba1bf1c1e33f1aed93595e74ca1cb4e471532c719e13680f6668c1ba4610",
    // names of stored responses
    "bad8392c6af73172d6898246fcb6c86b09aebb907e312d2993f7dab4dc43d719",
    // name of tombstones
    "f06660b349c4fd60316bd35ddcff720be07352e0eee24edd7cd63ad6ff10ce34",
    // long lists
    "4ab5c8118377e0c1052810ea039ffb772ab7aae49d25a6befcc2d027f785555f",
    // members and publications are long lists
    "f3b9e130b39da071a8f3af2ab70c2cc99adaa23d3a91158bc779921e4a7bee35",
    // who acted for whom
    "e12931f8d60ee27078ef364669bfae0e84f6d8fa32cb3771bd34c22db1efd947",
    // suspended users
    "35c3f90ed95f990406575f5200d2b9e945af450e28c1bc3c0c1350ef7fea0a92",
    // members by id
    "53114fdc654d11d0f81a78ff7250aef1e5e47ceb441128b8977312c73cc1cefd",
    // external ids
    "c5b43d20f09932d28f70edc8a1f26cfe363cd2f5a3b1c05063de302cd47f0b41",
    // offboardings
    "1a6a7f43d59d3c3304a1e267cf88dcbb36f97f3fbdf776034fbe0d91f70e43d2",
    // events of audit entries
    "d19bdd27574affac1ba2e9c636a31ba66dbb6cc993f9023fc3e5be4791e91818",
    // sealed values by their secret
    "d51d0fc90cbd9db0cc96727fafd8848d4dff9a95c9ed441642292fe8b692dc4b",
    // retention
    "451b730503661de3ee9db9b1f6f44aba1c5d2795795632ba38413c664aa2ac61",
    // audit of users
    "844474bd5ec6811aa930e3770088cd8bbc391a055ae3cf657fffb6cbaf22ba41",
    // changes of stores
    "c37c4c3dcdec1570950be7f12d42b81ecaebff98dd0870f5f9e79414111e53d2",
]

@Suite struct MigrationTests {
    @Test func `a released migration step never changes`() {
        expectFrozen(organizationsMigrations, released)
    }
}
