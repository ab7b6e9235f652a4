import IntegrationsContract
import Kernel

/// Users who own and use integrations together.
struct Team: Sendable, Equatable {
    /// Its slug: never changes. Another team may have had it before, of which nothing is left.
    let id: String
    var name: String
    let createdAt: Timestamp
    var memberCount: Int

    var searchText: String { Text.folded(name + "\n" + id) }
}

enum TeamRole: String, Sendable, CaseIterable {
    case admin
    case dataWizard = "data-wizard"
    case member

    /// - Throws: 422 at `/role`.
    init(_ text: String) throws(Fault) {
        guard let role = TeamRole(rawValue: text) else {
            throw .invalid(
                "/role", "must be one of \(IntegrationWords.teamRoles.joined(separator: ", "))")
        }
        self = role
    }

    /// Whether he shares and changes what the team owns, and takes integrations over for it.
    var managesIntegrations: Bool { self != .member }
}

/// A user in a team.
struct TeamMember: Sendable, Equatable {
    let teamId: String
    let userId: String
    var role: TeamRole
    let joinedAt: Timestamp
}

/// A valid wish for a new team.
struct TeamDraft: Sendable, Equatable {
    let name: String
    /// nil: made from the name.
    let id: String?

    init(name: String, id: String? = nil) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        self.id = validation.check(try Slug.check(id, pointer: "/id")) ?? nil
        try validation.finish()
        self.name = validName ?? ""
    }
}

extension Team {
    static let idTaken = Fault(
        .conflict, code: "team_id_taken", "Another team has this id already.")
    static let ownsIntegrations = Fault(
        .conflict, code: "team_owns_integrations",
        "The team owns integrations: hand them over or delete them first.")
}
