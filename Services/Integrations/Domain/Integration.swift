import Kernel

/// A connection between the platform and an external system.
struct Integration: Sendable, Equatable {
    let id: String
    /// Unique over all integrations.
    var slug: String
    var name: String
    var description: String?
    var owner: Principal
    let createdAt: Timestamp
    /// Grows by at least a millisecond with every change.
    var updatedAt: Timestamp
    var shareCount: Int
    /// The platform's own id; unique over all integrations.
    var externalId: String?

    /// The text that `search` looks through: name and slug. The line feed, which neither can
    /// contain, keeps a match from spanning both.
    var searchText: String { Text.folded(name + "\n" + slug) }

    mutating func touch(_ now: Timestamp) {
        updatedAt = max(now, Timestamp(milliseconds: updatedAt.milliseconds + 1))
    }
}

/// Validated input for a new integration.
struct IntegrationDraft: Sendable, Equatable {
    let name: String
    /// nil: derived from the name.
    let slug: String?
    let description: String?
    let externalId: String?

    init(
        name: String, slug: String? = nil, description: String? = nil, externalId: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        self.slug = validation.check(try Slug.check(slug)) ?? nil
        self.description =
            validation.check(try Text.optionalText(description, pointer: "/description")) ?? nil
        self.externalId =
            validation.check(
                try ExternalID.checkIfPresent(externalId, pointer: "/externalId")) ?? nil
        try validation.finish()
        self.name = validName ?? ""
    }
}

/// A validated update of an integration. nil leaves a member unchanged.
struct IntegrationUpdate: Sendable, Equatable {
    let name: String?
    let slug: String?
    /// `.some(nil)` clears it.
    let description: String??
    /// `.some(nil)` clears it.
    let externalId: String??

    init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        description: Patch<String> = .unchanged, externalId: Patch<String> = .unchanged
    ) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try name.name("/name")) ?? nil
        self.slug = validation.check(try Slug.check(try slug.required("/slug"))) ?? nil
        self.description = validation.check(try description.optionalText("/description")) ?? nil
        self.externalId = validation.check(try externalId.externalId("/externalId")) ?? nil
        try validation.finish()
    }

    /// The updated integration; its `updatedAt` changes only if something else does.
    func applied(to integration: Integration, at now: Timestamp) -> Integration {
        var changed = integration
        if let name { changed.name = name }
        if let slug { changed.slug = slug }
        if let description { changed.description = description }
        if let externalId { changed.externalId = externalId }
        if changed != integration { changed.touch(now) }
        return changed
    }
}
