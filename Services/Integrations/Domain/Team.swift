import IntegrationsContract
import Kernel

/// Users who own and use integrations together.
struct Team: Sendable, Equatable {
    /// A slug that never changes. A deleted team may have had it before, of which nothing remains.
    let id: String
    var name: String
    let createdAt: Timestamp
    var memberCount: Int
    /// The platform's own id; unique over all teams.
    var externalId: String?
    /// nil: people alone.
    var managedBy: ManagedBy?

    var searchText: String { Text.folded(name + "\n" + id) }
}

extension TeamRole {
    /// Whether the role allows to share and change the team's integrations, and to receive others
    /// on its behalf.
    var managesIntegrations: Bool { self != .member }
}

/// A user's membership in a team.
struct TeamMember: Sendable, Equatable {
    let teamId: String
    let userId: String
    var role: TeamRole
    let joinedAt: Timestamp
}

/// Validated input for a new team.
struct TeamDraft: Sendable, Equatable {
    let name: String
    /// nil: derived from the name.
    let id: String?
    let externalId: String?

    init(name: String, id: String? = nil, externalId: String? = nil) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        self.id = validation.check(try Slug.check(id, pointer: "/id")) ?? nil
        self.externalId =
            validation.check(
                try ExternalID.checkIfPresent(externalId, pointer: "/externalId")) ?? nil
        try validation.finish()
        self.name = validName ?? ""
    }
}

/// A validated update of a team. nil leaves a member unchanged.
struct TeamUpdate: Sendable, Equatable {
    let name: String?
    /// `.some(nil)` clears it.
    let externalId: String??
    /// Whether a provider no longer manages it.
    let isReleased: Bool

    init(
        name: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged,
        managedBy: Patch<ManagedBy> = .unchanged
    ) throws(Fault) {
        if case .null = managedBy { isReleased = true } else { isReleased = false }
        var validation = Validation()
        self.name = validation.check(try name.name("/name")) ?? nil
        self.externalId = validation.check(try externalId.externalId("/externalId")) ?? nil
        try validation.finish()
    }

    func applied(to team: Team) -> Team {
        var changed = team
        if let name { changed.name = name }
        if let externalId { changed.externalId = externalId }
        if isReleased { changed.managedBy = nil }
        return changed
    }
}
