import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import Mail
@testable import PublicEvents
@testable import Workspaces

/// Actions on workspaces. A second passes before each, so that later ones are newer.
extension World {
    /// A new workspace of a user.
    @discardableResult
    func workspace(_ name: String = "Lab", by owner: Caller) async throws -> Workspace {
        later()
        return try await workspaces.createWorkspace(try WorkspaceDraft(name: name), by: owner)
            .commit().workspace
    }

    @discardableResult
    func invite(
        _ email: String, into workspace: Workspace, by owner: Caller,
        _ permissions: String? = nil
    ) async throws -> WorkspaceInvitation {
        later()
        return try await workspaces.invite(
            try WorkspaceInvitationDraft(email: email, permissions: permissions),
            to: workspace.id, by: owner
        ).commit().invitation
    }

    @discardableResult
    func answer(
        _ invitation: WorkspaceInvitation, _ status: String, by user: Caller
    ) async throws -> WorkspaceInvitation {
        later()
        return try await answerNow(invitation, status, by: user)
    }

    /// Without a second passing, for races.
    @discardableResult
    func answerNow(
        _ invitation: WorkspaceInvitation, _ status: String, by user: Caller
    ) async throws -> WorkspaceInvitation {
        try await workspaces.answerInvitation(
            invitation.id,
            try WorkspaceInvitationResponse(status: status, email: invitee(user).email),
            by: user
        ).commit().invitation
    }

    @discardableResult
    func accept(
        _ invitation: WorkspaceInvitation, by user: Caller
    ) async throws -> WorkspaceInvitation {
        try await answer(invitation, "accepted", by: user)
    }

    /// Invites a user to a workspace and accepts.
    @discardableResult
    func member(
        _ user: Caller, of workspace: Workspace, by owner: Caller,
        _ permissions: String = "read"
    ) async throws -> WorkspaceInvitation {
        let invitation = try await invite(
            invitee(user).email, into: workspace, by: owner, permissions)
        return try await accept(invitation, by: user)
    }

    @discardableResult
    func prolong(
        _ invitation: WorkspaceInvitation, to time: Timestamp, by caller: Caller
    ) async throws -> WorkspaceInvitation {
        later()
        return try await workspaces.changeExpiration(of: invitation.id, to: time, by: caller)
            .commit().invitation
    }

    @discardableResult
    func resend(
        _ invitation: WorkspaceInvitation, by caller: Caller
    ) async throws -> WorkspaceInvitation {
        try await workspaces.resendInvitation(invitation.id, by: caller).commit().invitation
    }

    @discardableResult
    func withdraw(
        _ invitation: WorkspaceInvitation, by caller: Caller
    ) async throws -> WorkspaceInvitation {
        later()
        return try await workspaces.revokeInvitation(invitation.id, by: caller).commit()
    }

    @discardableResult
    func set(
        _ permissions: WorkspacePermission, of user: Caller, in workspace: Workspace,
        by caller: Caller
    ) async throws -> WorkspaceMemberWithUser {
        later()
        return try await workspaces.changePermissions(
            of: user.userId, in: workspace.id, to: permissions, by: caller
        ).commit()
    }

    @discardableResult
    func remove(
        _ user: Caller, from workspace: Workspace, by caller: Caller
    ) async throws -> WorkspaceMemberWithUser {
        later()
        return try await workspaces.removeSharedUser(
            user.userId, from: workspace.id, by: caller
        ).commit()
    }

    @discardableResult
    func handOver(
        _ workspace: Workspace, to user: Caller, by caller: Caller
    ) async throws -> WorkspaceAccess {
        later()
        return try await workspaces.transferWorkspace(
            workspace.id, to: user.userId, by: caller
        ).commit()
    }

    func delete(_ workspace: Workspace, by caller: Caller) async throws {
        later()
        try await workspaces.deleteWorkspace(workspace.id, by: caller).commit()
    }

    // MARK: Looking

    func find(_ invitation: WorkspaceInvitation) throws -> WorkspaceInvitation? {
        try database.read { try WorkspaceInvitationStore.find(invitation.id, in: $0) }
    }

    func status(_ invitation: WorkspaceInvitation) throws -> WorkspaceInvitationStatus? {
        try find(invitation)?.status
    }

    func find(_ workspace: Workspace) throws -> Workspace? {
        try database.read { try WorkspaceStore.find(workspace.id, in: $0) }
    }

    /// Permissions by user.
    func members(of workspace: Workspace) throws -> [String: WorkspacePermission] {
        let all = try database.read { try WorkspaceMemberStore.all(of: workspace.id, in: $0) }
        return Dictionary(all.map { ($0.userId, $0.permissions) }) { first, _ in first }
    }

    func pending(to workspace: Workspace) throws -> [WorkspaceInvitation] {
        try database.read { try WorkspaceInvitationStore.pending(to: workspace.id, in: $0) }
    }

    /// What the listed of a workspace are invited by, newest first.
    func listPending(_ workspace: Workspace, by caller: Caller) throws -> [String] {
        try workspaces.listPending(to: workspace.id, PageRequest(), by: caller).items
            .map(\.invitation.email)
    }

    func listMine(
        _ status: WorkspaceInvitationStatus? = nil, by caller: Caller
    ) async throws -> [InvitationInWorkspace] {
        try await workspaces.listMine(status, PageRequest(), by: caller).items.map(\.placed)
    }

    /// The pending e-mail of an invitation, decoded.
    func mail(_ invitation: WorkspaceInvitation) throws -> String {
        let mail = try find(invitation)?.mailId.flatMap { id in
            try database.read { try MailStore.load(id, in: $0) }
        }
        guard let mail, let opened = outbox.open(mail.sealed, id: mail.id) else {
            throw Fault.unexpected("no mail")
        }
        return Self.readable(opened.bytes)
    }

    /// The number of pending e-mails, about something or in total.
    func waitingMails(about id: String? = nil) throws -> Int {
        try database.read { db in
            try db.rows("SELECT about FROM mails WHERE status = 'pending'") { $0.textOrNil(0) }
        }.filter { id == nil || $0 == id }.count
    }

    /// How many events there are of a type.
    func count(_ type: String) throws -> Int {
        try events().filter { $0.hasPrefix(type + " ") }.count
    }
}

/// A workspace with a member of every kind.
struct Peopled {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let eve: Caller
    let lab: Workspace

    /// Ada owns it, Bob can write, Carol can read, Eve isn't a member.
    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        (carol, eve) = (world.user("carol"), world.user("eve"))
        lab = try await world.workspace(by: ada)
        try await world.member(bob, of: lab, by: ada, "write")
        try await world.member(carol, of: lab, by: ada)
    }
}
