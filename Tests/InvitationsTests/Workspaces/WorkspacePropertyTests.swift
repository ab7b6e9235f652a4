import Contract
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

/// Properties that hold after any sequence of actions.
@Suite struct WorkspacePropertyTests {
    /// Performs random actions, most of which are refused.
    private final class Chance: Sendable {
        let world: World
        let random: SeededRandom
        let users: [Caller]

        init(seed: UInt64) throws {
            let world = try World(seed: seed)
            self.world = world
            random = SeededRandom(seed: seed)
            users = ["ada", "bob", "carol", "dan", "eve"].map { world.user($0) }
        }

        func one<T>(_ items: [T]) -> T { items[random.below(items.count)] }

        /// A random action by a random user.
        func step(_ workspaces: [Workspace], _ invitations: inout [WorkspaceInvitation])
            async throws
        {
            let (caller, target) = (one(users), one(users))
            let place = one(workspaces)
            // The owner can do the most.
            let owner = try world.find(place)?.ownerId
            let mightiest = users.first { $0.userId == owner } ?? caller
            let actor = random.below(3) == 0 ? caller : mightiest
            let words = ["read", "write"]
            switch random.below(12) {
            case 0...2:
                invitations.append(
                    try await world.invite(
                        world.invitee(target).email, into: place, by: actor, one(words)))
            case 3...5:
                let mine = try await world.listMine(.pending, by: target)
                guard !mine.isEmpty else { return }
                try await world.answer(
                    one(mine).invitation, random.below(4) == 0 ? "rejected" : "accepted",
                    by: target)
            case 6: try await world.set(one([.read, .write]), of: target, in: place, by: actor)
            case 7: try await world.remove(target, from: place, by: one([actor, target]))
            case 8: try await world.handOver(place, to: target, by: actor)
            case 9: try await manage(invitations, by: actor)
            case 10:
                world.later(Int64(random.below(3 * 86_400)))
                _ = try await world.workspaces.expireSome()
            default: world.later(90)
            }
        }

        private func manage(_ invitations: [WorkspaceInvitation], by actor: Caller) async throws {
            guard !invitations.isEmpty else { return }
            let invitation = one(Array(invitations.suffix(6)))
            switch random.below(3) {
            case 0: try await world.resend(invitation, by: actor)
            case 1: try await world.withdraw(invitation, by: actor)
            default:
                let ahead = Int64(random.below(5 * 86_400))
                try await world.prolong(
                    invitation, to: world.clock.now().adding(seconds: ahead), by: actor)
            }
        }

        /// - Returns: the violations in a workspace.
        func faults(of place: Workspace) throws -> [String] {
            guard let found = try world.find(place) else { return ["it is gone"] }
            let (members, pending) = (try world.members(of: place), try world.pending(to: place))
            var faults: [String] = []
            let owners = members.filter { $0.value == .owner }.map(\.key)
            if owners != [found.ownerId] { faults.append("owners \(owners)") }
            for invitation in pending {
                guard let inviter = members[invitation.invitedBy] else {
                    faults.append("\(invitation.id) is by \(invitation.invitedBy), who is out")
                    continue
                }
                if inviter < invitation.permissions {
                    faults.append("\(invitation.id) gives more than its inviter has")
                }
            }
            return faults
        }

        /// The audit alone shows the members, their permissions and the number of invitations.
        func unproved(_ place: Workspace) throws -> [String] {
            let members = try world.members(of: place)
            let pending = try world.pending(to: place).count
            var proved: [String: AuditValue] = [:]
            var open = 0
            for entry in try world.audit(place.id) {
                switch entry.action {
                case "workspace.created": proved[entry.actorId ?? ""] = .text("owner")
                case "workspace_member.added", "workspace_member.changed":
                    proved[entry.subject.id] = entry.after?.members["permissions"]
                case "workspace_member.removed": proved[entry.subject.id] = nil
                case "workspace_invitation.created": open += 1
                case "workspace_invitation.resent", "workspace_invitation.expiration_changed",
                    "workspace.handed_over":
                    break
                default: open -= 1
                }
            }
            let isProved = proved == members.mapValues { .text($0.rawValue) } && open == pending
            return isProved ? [] : ["\(proved) and \(open), but \(members) and \(pending)"]
        }
    }

    @Test(arguments: 1...12)
    func
        `at random a workspace keeps one owner, and no invitation exceeds its sender's permissions`(
            _ seed: Int
        )
        async throws
    {
        let chance = try Chance(seed: UInt64(seed))
        let world = chance.world
        let workspaces = [
            try await world.workspace("One", by: chance.users[0]),
            try await world.workspace("Two", by: chance.users[1]),
        ]
        var invitations: [WorkspaceInvitation] = []
        var done = 0
        for step in 0..<250 {
            let refused = await fault {
                try await chance.step(workspaces, &invitations)
            }
            #expect(refused?.kind != .internalError, "seed \(seed), step \(step)")
            done += refused == nil ? 1 : 0
            for place in workspaces {
                let faults = try chance.faults(of: place)
                try #require(faults.isEmpty, "seed \(seed), step \(step): \(faults)")
            }
        }
        for place in workspaces { #expect(try chance.unproved(place).isEmpty, "seed \(seed)") }
        // Makes sure that something was done.
        #expect(done > 80)
        let kinds = Set(try workspaces.flatMap { try world.actions($0.id) })
        #expect(kinds.count >= 8, "\(kinds)")
    }

    @Test(arguments: 1...6)
    func `deleting users one after the other leaves consistent workspaces`(_ seed: Int)
        async throws
    {
        let chance = try Chance(seed: UInt64(seed) + 100)
        let world = chance.world
        let place = try await world.workspace("One", by: chance.users[0])
        var invitations: [WorkspaceInvitation] = []
        for _ in 0..<120 {
            _ = await fault { try await chance.step([place], &invitations) }
        }
        let admin = world.user("root")
        for index in chance.users.indices {
            let user = chance.users[(index + seed) % chance.users.count]
            _ = try await world.context.onUserDeleted(
                user.userId, by: admin, eventId: "evt_\(index)")
            guard try world.find(place) != nil else { break }
            let faults = try chance.faults(of: place) + chance.unproved(place)
            #expect(faults.isEmpty, "seed \(seed): \(faults)")
            #expect(try world.members(of: place)[user.userId] == nil)
        }
        #expect(try world.find(place) == nil && world.members(of: place).isEmpty)
        #expect(try world.pending(to: place).isEmpty)
    }
}
