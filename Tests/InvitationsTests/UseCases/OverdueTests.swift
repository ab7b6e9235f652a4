import Kernel
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The metric of overdue invitations.
@Suite struct OverdueTests {
    private func overdue(_ world: World) -> Double? {
        var text = MetricsText()
        InvitationsSweep.writeMetrics(world.context, &text)
        let prefix = "\nlatchkey_invitations_overdue_seconds "
        return text.text.split(separator: prefix).last.flatMap { Double($0.dropLast()) }
    }

    @Test func `a metric shows how long the oldest expiry is overdue`()
        async throws
    {
        let world = try World()
        let ada = world.user("ada")
        #expect(overdue(world) == 0)
        let crm = world.entity(by: ada)
        try await world.invite("bob@example.com", to: crm, by: ada, days: 7)
        let workspace = try await world.workspaces.createWorkspace(
            try WorkspaceDraft(name: "Lab"), by: ada
        ).commit()
        world.later(10)
        _ = try await world.workspaces.invite(
            try WorkspaceInvitationDraft(email: "bob@example.com"), to: workspace.workspace.id,
            by: ada
        ).commit()
        #expect(overdue(world) == 0)
        world.days(7)
        #expect(overdue(world) == 10)
        #expect(try await world.useCases.expireSome() == 1)
        world.later(5)
        #expect(overdue(world) == 5)
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(overdue(world) == 0)
    }
}
