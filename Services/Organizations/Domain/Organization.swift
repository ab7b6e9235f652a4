import Kernel

/// A group of users with a store.
struct Organization: Sendable, Equatable {
    let id: String
    var name: String
    /// Unique over all organizations.
    var slug: String
    let createdAt: Timestamp
    var memberCount: Int
    /// The number of its public publications.
    var publicCount: Int
    /// The platform's own id; unique over all organizations.
    var externalId: String?

    /// The text that `search` looks in: name and slug. The line feed, which neither can contain,
    /// keeps a match from spanning both.
    var searchText: String { Text.folded(name + "\n" + slug) }
}

/// Validated input of `POST /api/organizations`.
struct OrganizationDraft: Sendable, Equatable {
    let name: String
    /// nil: derived from the name.
    let slug: String?
    let externalId: String?

    init(name: String, slug: String? = nil, externalId: String? = nil) throws(Fault) {
        var validation = Validation()
        let name = validation.check(try Text.name(name, pointer: "/name"))
        self.slug = validation.check(try Slug.check(slug)) ?? nil
        self.externalId =
            validation.check(
                try ExternalID.checkIfPresent(externalId, pointer: "/externalId")) ?? nil
        self.name = try validation.finish(name)
    }
}

/// Validated input of `PATCH /api/organizations/{id}`. nil keeps the value.
struct OrganizationUpdate: Sendable, Equatable {
    let name: String?
    let slug: String?
    /// `.some(nil)` clears it.
    let externalId: String??

    init(
        name: String? = nil, slug: String? = nil, externalId: Patch<String> = .unchanged
    ) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try Self.name(name)) ?? nil
        self.slug = validation.check(try Slug.check(slug)) ?? nil
        self.externalId = validation.check(try externalId.externalId("/externalId")) ?? nil
        try validation.finish()
    }

    private static func name(_ text: String?) throws(Fault) -> String? {
        guard let text else { return nil }
        return try Text.name(text, pointer: "/name")
    }

    func applied(to organization: Organization) -> Organization {
        var changed = organization
        if let name { changed.name = name }
        if let slug { changed.slug = slug }
        if let externalId { changed.externalId = externalId }
        return changed
    }
}
