import Kernel
import OrganizationsContract

/// The roles that every organization has.
enum BuiltInRole: String, Sendable, CaseIterable {
    case owner
    case admin
    case member

    /// As listed; `Power` decides what they permit.
    var scopes: [String] {
        switch self {
        case .owner: ["*"]
        case .admin: RoleScope.allCases.map(\.rawValue)
        case .member: [RoleScope.entitiesShare, .entitiesShareStore].map(\.rawValue)
        }
    }
}

/// The permissions of members who have it.
struct Role: Sendable, Equatable {
    let id: String
    let organizationId: String
    /// Unique in the organization; case is ignored.
    var name: String
    /// nil: a custom role.
    let builtIn: BuiltInRole?
    var scopes: [String]

    var power: Power {
        switch builtIn {
        case .owner: .owner
        case .admin: .admin
        case .member, nil: .scopes(Set(scopes.compactMap(RoleScope.init)))
        }
    }

    func checkNameIsFree(among others: [Role]) throws(Fault) {
        let folded = Text.folded(name)
        if others.contains(where: { Text.folded($0.name) == folded }) {
            throw Fault(OrganizationProblems.roleNameTaken)
        }
    }
}

/// What a role permits.
enum Power: Sendable, Equatable {
    /// Everything.
    case owner
    /// Everything except deleting the organization and managing owners.
    case admin
    case scopes(Set<RoleScope>)

    func has(_ scope: RoleScope) -> Bool {
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

    /// Whether it permits everything that `other` permits: nobody grants or revokes more than they
    /// have.
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

/// Validated input of `POST /api/organizations/{id}/roles`.
struct RoleDraft: Sendable, Equatable {
    let name: String
    /// Each once, in the order of `RoleScope`.
    let scopes: [RoleScope]

    init(name: String, scopes: [String]) throws(Fault) {
        var validation = Validation()
        let name = validation.check(try Role.checkedName(name))
        let scopes = validation.check(try Role.checkedScopes(scopes))
        (self.name, self.scopes) = try validation.finish(name, scopes)
    }
}

/// Validated input of `PATCH /api/organizations/{id}/roles/{roleId}`. nil keeps the value.
struct RoleUpdate: Sendable, Equatable {
    let name: String?
    let scopes: [RoleScope]?

    init(name: String? = nil, scopes: [String]? = nil) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try name.map(Role.checkedName)) ?? nil
        self.scopes = validation.check(try scopes.map(Role.checkedScopes)) ?? nil
        try validation.finish()
    }

    func applied(to role: Role) -> Role {
        var updated = role
        if let name { updated.name = name }
        if let scopes { updated.scopes = scopes.map(\.rawValue) }
        return updated
    }
}

extension Role {
    fileprivate static func checkedName(_ text: String) throws(Fault) -> String {
        let name = try Text.name(text, pointer: "/name", max: OrganizationLimits.roleName)
        // A role is referred to by name or id, so no name can look like an id.
        guard !name.hasPrefix("rol_") else { throw .invalid("/name", "must not begin with rol_") }
        return name
    }

    fileprivate static func checkedScopes(_ names: [String]) throws(Fault) -> [RoleScope] {
        let known = RoleScope.allCases
        // Bounds the response to nonsense.
        guard names.count <= known.count else {
            throw .invalid("/scopes", "must have at most \(known.count) items")
        }
        var validation = Validation()
        for (index, name) in names.enumerated() {
            _ = validation.check(
                try Text.word(name, among: known, pointer: "/scopes/\(index)"))
        }
        try validation.finish()
        return known.filter { names.contains($0.rawValue) }
    }
}
