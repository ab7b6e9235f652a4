import EntitiesContract
import Kernel

/// A valid request to create an entity.
struct EntityDraft: Sendable, Equatable {
    let name: String
    let type: EntityType
    /// nil: derived from the name.
    let slug: String?
    let description: String?
    let organizationId: String?
    let resharing: Resharing
    let externalId: String?

    init(
        name: String, type: String, slug: String? = nil, description: String? = nil,
        organizationId: String? = nil, resharing: String? = nil, externalId: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        let validType: EntityType? = validation.check(try Text.word(type, pointer: "/type"))
        let validSlug = validation.check(try Slug.check(slug)) ?? nil
        let validDescription =
            validation.check(try Text.optionalText(description, pointer: "/description")) ?? nil
        let validResharing: Resharing? = validation.check(
            try Text.word(resharing ?? Resharing.anyone.rawValue, pointer: "/resharing"))
        self.externalId =
            validation.check(
                try ExternalID.checkIfPresent(externalId, pointer: "/externalId")) ?? nil
        guard let validName, let validType, let validResharing, validation.fields.isEmpty
        else {
            throw .invalid(validation.fields)
        }
        self.name = validName
        self.type = validType
        self.slug = validSlug
        self.description = validDescription
        self.organizationId = organizationId
        self.resharing = validResharing
    }
}

/// A valid update of an entity. nil leaves a member unchanged.
struct EntityUpdate: Sendable, Equatable {
    let name: String?
    let slug: String?
    /// `.some(nil)` clears it.
    let description: String??
    let resharing: Resharing?
    /// `.some(nil)` clears it.
    let externalId: String??

    init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        description: Patch<String> = .unchanged, resharing: Patch<String> = .unchanged,
        externalId: Patch<String> = .unchanged
    ) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try name.name("/name")) ?? nil
        self.slug = validation.check(try Slug.check(try slug.required("/slug"))) ?? nil
        self.description = validation.check(try description.optionalText("/description")) ?? nil
        self.resharing = validation.check(try Self.resharing(resharing)) ?? nil
        self.externalId = validation.check(try externalId.externalId("/externalId")) ?? nil
        try validation.finish()
    }

    private static func resharing(_ patch: Patch<String>) throws(Fault) -> Resharing? {
        guard let text = try patch.required("/resharing") else { return nil }
        return try Text.word(text, pointer: "/resharing")
    }

    /// The updated entity; its `updatedAt` changes only if something else does.
    func applied(to entity: Entity, at now: Timestamp) -> Entity {
        var changed = entity
        if let name { changed.name = name }
        if let slug { changed.slug = slug }
        if let description { changed.description = description }
        if let resharing { changed.resharing = resharing }
        if let externalId { changed.externalId = externalId }
        if changed != entity { changed.touch(now) }
        return changed
    }
}
