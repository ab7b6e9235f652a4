import InvitationsContract
import Kernel

extension WorkspacePermission {
    /// - Throws: 422 at `/permissions` unless it can be given.
    init(given text: String) throws(Fault) {
        self = try Text.word(text, among: Self.givable, pointer: "/permissions")
    }
}

struct Workspace: Sendable, Equatable {
    let id: String
    var name: String
    var ownerId: String
    let createdAt: Timestamp
}

/// A workspace as one of its members sees it.
struct WorkspaceAccess: Sendable, Equatable {
    var workspace: Workspace
    /// The member's.
    var permissions: WorkspacePermission
}

/// A member of a workspace; its owner is one of them.
struct WorkspaceMember: Sendable, Equatable {
    let workspaceId: String
    let userId: String
    var permissions: WorkspacePermission
    let sharedAt: Timestamp
}

/// A valid new workspace.
struct WorkspaceDraft: Sendable, Equatable {
    let name: String

    init(name: String) throws(Fault) { self.name = try Text.name(name, pointer: "/name") }
}

/// A valid change of a workspace. What is nil stays.
struct WorkspaceUpdate: Sendable, Equatable {
    let name: String?

    init(name: Patch<String> = .unchanged) throws(Fault) { self.name = try name.name("/name") }

    func applied(to workspace: Workspace) -> Workspace {
        var changed = workspace
        if let name { changed.name = name }
        return changed
    }
}

extension Workspace {
    static let newOwnerIsNoMember = Fault.invalid(
        "/userId", "must be a member of the workspace")

    /// Who gets a workspace whose owner is deleted: the longest-standing member who can write or,
    /// if there is none, who can read.
    static func successor(among members: [WorkspaceMember]) -> WorkspaceMember? {
        members.filter { $0.permissions < .owner }.min { a, b in
            guard a.permissions == b.permissions else { return a.permissions > b.permissions }
            return (a.sharedAt, a.userId) < (b.sharedAt, b.userId)
        }
    }
}
