import Contract
import IntegrationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// What the gateway and the integrations service say of a provider's teams.
@Suite struct ProvisioningWireTests {
    private let actor = EventActor(
        Caller(userId: "usr_01KF0000000000000000000001", tokenId: "tok_1", requestId: "req-1"))

    @Test func `the query for a provider's teams and its reply`() throws {
        let query = ProvisionedTeamsQuery(.ids(["analytics"]), limit: 20, withMembers: true)
        #expect(JSON.text(query) == (try Golden.text("provisioned-teams-query")))
        let read = try Golden.value("provisioned-teams-query", as: ProvisionedTeamsQuery.self)
        #expect(read.which == query.which && read.withMembers)
        let reply = try Golden.value("provisioned-teams-answer", as: ProvisionedTeamsReply.self)
        #expect(JSON.text(reply) == (try Golden.text("provisioned-teams-answer")))
        #expect(reply.total == 1 && reply.teams.first?.memberIds?.count == 1)
    }

    @Test func `a provider's command says what changes and what stays, and its reply`() throws {
        let change = ProvisionedTeamCommand(
            .change, id: "analytics", by: actor, version: 3,
            members: .init(added: ["usr_01KF0000000000000000000002"]))
        #expect(JSON.text(change) == (try Golden.text("provisioned-team-command")))
        let read = try Golden.value("provisioned-team-command", as: ProvisionedTeamCommand.self)
        #expect(!read.changesExternalId && read.name == nil && read.members == change.members)
        let create = ProvisionedTeamCommand(
            .create, by: actor, name: "Analytics Team", externalId: .value("00g"),
            members: .init(areAll: true))
        #expect(JSON.text(create) == (try Golden.text("provisioned-team-command-create")))
        for golden in ["provisioned-team-answer", "provisioned-team-answer-refused"] {
            let reply = try Golden.value(golden, as: ProvisionedTeamReply.self)
            #expect(JSON.text(reply) == (try Golden.text(golden)))
            #expect((reply.team == nil) == (reply.refusal != nil))
        }
    }
}
