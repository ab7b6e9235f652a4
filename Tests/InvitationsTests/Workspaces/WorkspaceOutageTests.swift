import Contract
import GatewayClient
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The user directory is unavailable: nothing is guessed or revealed.
@Suite struct WorkspaceOutageTests {
    private struct AwayDirectory: Directory {
        static let away = Fault(.unavailable, code: "gateway_unavailable", "Away.", retryAfter: 1)

        func isPlatformAdmin(_ userId: String) throws -> Bool { throw Self.away }
        func profiles(ids: [String], disclosedTo caller: Caller?) throws -> [String: UserProfile] {
            throw Self.away
        }
        func profiles(ids: [String], matching search: String) throws -> [String: UserProfile] {
            throw Self.away
        }
        func profiles(emails: [String], disclosedTo caller: Caller?) throws -> [String: UserProfile]
        {
            throw Self.away
        }
        func profiles(usernames: [String], disclosedTo caller: Caller?) throws -> [String:
            UserProfile]
        {
            throw Self.away
        }
    }

    private static let nowhere = "01890000-0000-7000-8000-000000000000"

    private let people: Peopled
    private let world: World
    private let invitation: WorkspaceInvitation
    private let away: WorkspacesUseCases

    init() async throws {
        people = try await Peopled()
        world = people.world
        invitation = try await world.invite("dan@example.com", into: people.lab, by: people.ada)
        var away = world.workspaces
        away.directory = AwayDirectory()
        self.away = away
        world.later(60)
    }

    /// Actions on an existing or missing invitation.
    private func faults(_ id: String, by caller: Caller) async throws -> [Fault?] {
        let time = world.clock.now().adding(seconds: 86_400)
        let answer = try WorkspaceInvitationResponse(status: "accepted", email: "dan@example.com")
        return [
            await fault {
                try await away.answerInvitation(id, answer, by: caller).commit()
            },
            await fault {
                try await away.changeExpiration(of: id, to: time, by: caller).commit()
            },
            await fault { try await away.resendInvitation(id, by: caller).commit() },
            await fault { try await away.revokeInvitation(id, by: caller).commit() },
        ]
    }

    @Test func `during an outage an invitation and a missing one are indistinguishable`()
        async throws
    {
        let before = try world.database.dump()
        for caller in [people.ada, people.bob, people.eve, world.user("dan")] {
            for id in [invitation.id, Self.nowhere] {
                let found = try await faults(id, by: caller)
                #expect(found.allSatisfy { $0 == AwayDirectory.away })
            }
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `during an outage refusals stay the same, and allowed requests are 503`()
        async throws
    {
        let (lab, before) = (people.lab, try world.database.dump())
        let draft = try WorkspaceInvitationDraft(email: "x@example.com")
        for (caller, expected) in [
            (people.ada, "gateway_unavailable"), (people.bob, "workspace_owner_required"),
            (people.eve, "not_found"),
        ] {
            let invited = await fault {
                _ = try await away.invite(draft, to: lab.id, by: caller).commit()
            }
            let changed = await fault {
                try await away.changePermissions(
                    of: people.carol.userId, in: lab.id, to: .write, by: caller
                ).commit()
            }
            let removed = await fault {
                try await away.removeSharedUser(people.carol.userId, from: lab.id, by: caller)
                    .commit()
            }
            for found in [invited, changed, removed] { #expect(found?.code == expected) }
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `operations that need no names work during an outage`() async throws {
        let lab = people.lab
        #expect(try away.getWorkspace(lab.id, by: people.bob).workspace == lab)
        #expect(try away.listPending(to: lab.id, .init(), by: people.ada).total == 1)
        try await away.transferWorkspace(lab.id, to: people.bob.userId, by: people.ada).commit()
        #expect(try world.find(lab)?.ownerId == people.bob.userId)
        world.days(8)
        #expect(try await away.expireSome() == 1)
        try await away.deleteWorkspace(lab.id, by: people.bob).commit()
        let listed = await fault {
            _ = try await away.listMine(nil, .init(), by: people.ada)
        }
        #expect(listed == AwayDirectory.away)
    }
}
