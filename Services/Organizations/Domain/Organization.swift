import Kernel

/// People who belong together, with a store.
struct Organization: Sendable, Equatable {
    let id: String
    var name: String
    /// Unique over all organizations.
    var slug: String
    let createdAt: Timestamp
    var memberCount: Int
    /// How many of its publications everybody sees.
    var publicCount: Int

    /// In what `search` looks: name and slug. The line feed, which neither can hold, keeps a match
    /// from spanning both.
    var searchText: String { Text.folded(name + "\n" + slug) }
}

/// A valid wish for a new organization.
struct OrganizationDraft: Sendable, Equatable {
    let name: String
    /// nil: made from the name.
    let slug: String?

    init(name: String, slug: String? = nil) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        self.slug = validation.check(try Slug.check(slug)) ?? nil
        try validation.finish()
        self.name = validName ?? ""
    }
}

/// A valid change of an organization. What is nil stays.
struct OrganizationUpdate: Sendable, Equatable {
    let name: String?
    let slug: String?

    init(name: String? = nil, slug: String? = nil) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try Self.name(name)) ?? nil
        self.slug = validation.check(try Slug.check(slug)) ?? nil
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
        return changed
    }
}
