import Kernel
import OrganizationsContract

/// The roles that every organization has.
enum BuiltInRole: String, Sendable, CaseIterable {
    case owner
    case admin
    case member

    /// As they are listed; what they can do is `Power`'s business.
    var scopes: [String] {
        switch self {
        case .owner: ["*"]
        case .admin: OrganizationWords.roleScopes
        case .member: ["entities:share", "entities:share_store"]
        }
    }
}

/// What a member may do in an organization.
struct Role: Sendable, Equatable {
    let id: String
    let organizationId: String
    /// Unique in the organization, in whatever case.
    var name: String
    /// nil: the organization has made it.
    let builtIn: BuiltInRole?
    var scopes: [String]

    var power: Power {
        switch builtIn {
        case .owner: .owner
        case .admin: .admin
        case .member, nil: .scopes(Set(scopes))
        }
    }

    func checkNameIsFree(among others: [Role]) throws(Fault) {
        let folded = Text.folded(name)
        if others.contains(where: { Text.folded($0.name) == folded }) { throw Self.nameTaken }
    }
}

/// How much a role lets its holder do.
enum Power: Sendable, Equatable {
    /// All.
    case owner
    /// All but deleting the organization, and naming and removing owners.
    case admin
    case scopes(Set<String>)

    func has(_ scope: String) -> Bool {
        switch self {
        case .owner, .admin: true
        case .scopes(let scopes): scopes.contains(scope)
        }
    }

    var isAdmin: Bool {
        switch self {
        case .owner, .admin: true
        case .scopes: false
        }
    }

    /// Whether it may do all that `other` may: nobody gives or takes more than he has.
    func covers(_ other: Power) -> Bool {
        switch (self, other) {
        case (.owner, _): true
        case (_, .owner): false
        case (.admin, _): true
        case (_, .admin): false
        case (.scopes(let own), .scopes(let others)): others.isSubset(of: own)
        }
    }
}

/// A valid wish for a custom role, or for a change of one: what is nil stays.
struct RoleDraft: Sendable, Equatable {
    let name: String?
    /// Each once, in the order of `OrganizationWords`.
    let scopes: [String]?

    init(name: String? = nil, scopes: [String]? = nil) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try Self.name(name)) ?? nil
        let known = OrganizationWords.roleScopes
        // Bounds what an answer to nonsense can weigh.
        if let scopes, scopes.count > known.count {
            validation.reject("/scopes", "must have at most \(known.count) items")
        }
        for (index, scope) in (scopes ?? []).prefix(known.count).enumerated()
        where !known.contains(scope) {
            validation.reject(
                "/scopes/\(index)", "must be one of \(known.joined(separator: ", "))")
        }
        try validation.finish()
        self.scopes = scopes.map { scopes in known.filter { scopes.contains($0) } }
    }

    private static func name(_ text: String?) throws(Fault) -> String? {
        guard let text else { return nil }
        let name = try Text.name(text, pointer: "/name", max: OrganizationLimits.roleName)
        // A role is given by name or id: nothing may be both.
        guard !name.hasPrefix("rol_") else {
            throw .invalid("/name", "must not begin with rol_")
        }
        return name
    }

    var power: Power { .scopes(Set(scopes ?? [])) }
}

extension Role {
    static let builtInConflict = Fault(
        .conflict, code: "built_in_role", "The roles that every organization has stay as they are.")
    static let inUse = Fault(
        .conflict, code: "role_in_use", "A member has this role: give him another one first.")
    static let nameTaken = Fault(
        .conflict, code: "role_name_taken",
        "Another role of the organization has this name already, in whatever case.")
    static let tooMany = Fault(
        .conflict, code: "too_many_roles",
        "An organization has at most \(OrganizationLimits.roles) custom roles.")
}
