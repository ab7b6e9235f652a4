import Contract
import InvitationsContract
import Kernel

/// What somebody may do in a workspace, the least first: who has more has all below.
enum WorkspacePermission: String, Sendable, CaseIterable, Comparable {
    case read
    case write
    case owner

    /// What can be given to somebody; a workspace is owned by who made it, or got it.
    /// - Throws: 422 at `/permissions`.
    init(given text: String) throws(Fault) {
        guard WorkspaceWords.givable.contains(text), let permission = Self(rawValue: text) else {
            throw .invalid(
                "/permissions",
                "must be one of \(WorkspaceWords.givable.joined(separator: ", "))")
        }
        self = permission
    }

    static func < (a: WorkspacePermission, b: WorkspacePermission) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .owner: 2
        }
    }
}

struct Workspace: Sendable, Equatable {
    let id: String
    var name: String
    var ownerId: String
    let createdAt: Timestamp
}

/// A workspace, as somebody sees it who is in it.
struct WorkspaceAccess: Sendable, Equatable {
    var workspace: Workspace
    /// His own.
    var permissions: WorkspacePermission
}

/// Somebody who is in a workspace; its owner is one of them.
struct WorkspaceMember: Sendable, Equatable {
    let workspaceId: String
    let userId: String
    var permissions: WorkspacePermission
    let sharedAt: Timestamp
}

/// A valid wish for a new workspace.
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
    static let alreadyMember = Fault(
        .conflict, code: "already_member",
        "This address is that of somebody who is in the workspace already.")
    static let full = Fault(
        .conflict, code: "workspace_full",
        "At most \(WorkspaceLimits.people) people are in a workspace, or invited to it.")
    static let ownerIsFixed = Fault(
        .conflict, code: "owner_is_fixed",
        "The owner can't be removed or changed: hand the workspace over first.")
    static let heirIsNoMember = Fault.invalid(
        "/userId", "must be somebody who is in the workspace")

    /// Who gets a workspace whose owner is deleted: who may write before who may read, and of
    /// those who has been in it for the longest.
    static func heir(among members: [WorkspaceMember]) -> WorkspaceMember? {
        members.filter { $0.permissions < .owner }.min { a, b in
            guard a.permissions == b.permissions else { return a.permissions > b.permissions }
            return (a.sharedAt, a.userId) < (b.sharedAt, b.userId)
        }
    }
}
