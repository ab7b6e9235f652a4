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
    /// The platform's own id; unique over all workspaces.
    var externalId: String?
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
    let externalId: String?

    init(name: String, externalId: String? = nil) throws(Fault) {
        var validation = Validation()
        let name = validation.check(try Text.name(name, pointer: "/name"))
        self.externalId =
            validation.check(
                try ExternalID.checkIfPresent(externalId, pointer: "/externalId")) ?? nil
        self.name = try validation.finish(name)
    }
}

/// A valid change of a workspace. What is nil stays.
struct WorkspaceUpdate: Sendable, Equatable {
    let name: String?
    /// `.some(nil)` clears it.
    let externalId: String??

    init(
        name: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged
    ) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try name.name("/name")) ?? nil
        self.externalId = validation.check(try externalId.externalId("/externalId")) ?? nil
        try validation.finish()
    }

    func applied(to workspace: Workspace) -> Workspace {
        var changed = workspace
        if let name { changed.name = name }
        if let externalId { changed.externalId = externalId }
        return changed
    }
}

extension Workspace {
    static let newOwnerIsNoMember = Fault.invalid(
        "/userId", "must be a member of the workspace")

    /// Who gets a workspace whose owner is deleted: the longest-standing member who can write or,
    /// if there is none, who can read. Suspended users come last.
    static func successor(
        among members: [WorkspaceMember], suspended: Set<String> = []
    ) -> WorkspaceMember? {
        let others = members.filter { $0.permissions < .owner }
        let active = others.filter { !suspended.contains($0.userId) }
        return (active.isEmpty ? others : active).min { a, b in
            guard a.permissions == b.permissions else { return a.permissions > b.permissions }
            return (a.sharedAt, a.userId) < (b.sharedAt, b.userId)
        }
    }
}
