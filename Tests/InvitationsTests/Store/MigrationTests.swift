import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The digests of all steps of the schema (`expectFrozen`).
private let released = [
    // invitations
    "ba55d9869f15e2e7936e42cd927ec1158055b1fd6c5546c9a35d5f1a616f021e",
    // events
    "663f9765749eb129ec51f22d6de68c7c87602b6c709218e33135222c642dd87d",
    // inbox
    "ae33460f1462f180761dc2ac50cb236c0d8e20640ea9ca4b3ccff3780b541a60",
    // what is gone
    "60f3446e3746ce3c79fe12d26fc331565aa45fabb84a0a5ba3b5ea6f3ff6593d",
    // audit
    "2d9e18e881dc2cce28fc5ddb504d4e825fba65ef3c43716207da396d5cb2637a",
    // kept answers
    "bff136e55e532a6d4848519c23c957088833151c26024b30a3202bed631dedbb",
    // mails
    "24bde68f9d75bff09af6eb24a7646a4637f103f9bdb2c9ee99ecd167afefd9de",
    // webhooks
    "900814eb380d12a194ee087f17ed4a2a22de95770eb916613f8a831528c07bda",
    // workspaces
    "61f48b5ead8520b5013d6e3bc7300f628a9a49f184cae146131b691428d8e8f8",
    // deliveries that wait
    "7aba41afb690fd1366422c9f315849bd1042e905a6ed845d170b70a07794af13",
    // tries of mails
    "30914ef3440bf86abed199525e501455d429cb2d7a0b489e4cc2e5389bccfda7",
    // what is dated by attempts and rotations
    "503b14bdff251abb98bbeee8e4bfcbc7398028800104ddb1d3966405f6c04c13",
    // bytes of kept answers
    "5d2965b29e5b1c9d3f0745e2052da1eb0991c7ea1ddc5eedb5333026180b6ce9",
    // quotas
    "e056b9444d88a6057b7c14319bbb17ee262489ddc2dee267563fc0c594d0d92b",
    // jobs
    "224793ccc6285fff14d2c386a7d738d189123a224827c2b686e3ed96787a2a3b",
    // invitations to an address, with their workspace
    "1a0112b10affdb6a1c8399f560a988232445549c5fc223c3549de3bb31ee4e55",
    // names of stored responses
    "bad8392c6af73172d6898246fcb6c86b09aebb907e312d2993f7dab4dc43d719",
    // name of tombstones
    "f06660b349c4fd60316bd35ddcff720be07352e0eee24edd7cd63ad6ff10ce34",
    // kept counts
    "9a35b3186014e6837ee90ce98eb49b9361e62ce9882fccff40908eed1b6cfc55",
    // counts of invitations
    "1f2d2c7e45af61edca4a014fad1d3ab937c654a5fc6ac575464260ccefcd59ea",
    // counts of workspaces
    "392624fc174ef1a2cab42cdd010b9477ee0369aa54334020b2658d03fc9fc74a",
    // counts of deliveries
    "1c3174ec821191657cf078dacabfe8eb0d3d2ea2d4a02cffa8b84e2f629224c4",
    // long lists
    "d3a68f2b955d4e6441b6681ac2d75899494625c15f20fc747833878b4fbe2fd6",
    // who acted for whom
    "e12931f8d60ee27078ef364669bfae0e84f6d8fa32cb3771bd34c22db1efd947",
    // suspended users
    "35c3f90ed95f990406575f5200d2b9e945af450e28c1bc3c0c1350ef7fea0a92",
    // collaborators by id
    "69f6213874d58d42ccc23ef85a10f1980fac8e43eedf2fd1d6047eb41171a336",
    // external ids of workspaces
    "8f4618c00bdedc125e0dae118ef081eacf59a54c3d11b3693eecd476ffa7eb9f",
    // offboardings
    "f1098416d5151169c1186833766533eceb325b25460fdab9ef4dee8dcb4781e5",
    // events of audit entries
    "d19bdd27574affac1ba2e9c636a31ba66dbb6cc993f9023fc3e5be4791e91818",
    // one feed of all events
    "b162bc8c03736fd8296f2a75725a421dccda5ab0a1ce54c6c3c1c9adaab06fec",
    // organizations of known entities
    "cd0ddc35dd82675a0c87b9b298fdde01d1eeb176b6fe2c624069ba9908013bce",
    // failing webhooks
    "a55f496e7938bad0e5ba1a9a07640b78cb8dc03b99b6cf9d0795bea48abaa2f0",
    // sealed values by their secret
    "9be0ec19b27f1fb7b34eaee6554bbaa32b655dd433c5162cd90d5ded854251cd",
    // retention
    "d5da4b2332968e1a75224b4900e31ffea81e7c95d95384736d1e7abd075d7230",
    // export of users
    "dd11f46c9a7e5264f7dd280f15afa0948ace1ecf86aef0b45364b21d413148a0",
    // languages
    "eb9c6be699cc917cb2389d49310d3c445fe81c11ec8446809265c99011ef6e1d",
    // asking for a new invitation
    "1f033642ce29364140098c27cecc08a3d28c580eb365a290def74bb5b8fae701",
    // back to the app
    "9a36157aea6961f5ae6bc69a9850e88009873329f7805e1cc05f502c4d675bb1",
    // attempts of deliveries
    "5af08a0ec2c53fd0fc69698be514b945e339c7219c7510d1b9557e39f16c41c5",
]

@Suite struct MigrationTests {
    @Test func `a released step of the schema never changes`() {
        expectFrozen(invitationsMigrations, released)
    }
}
